using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Planning;

/// <summary>
/// Plans one commit: adds events, finds or creates the journey of each, merges journeys that turn out to belong to one
/// person, and returns everything to be written. Pure except for new ids: it neither reads nor writes the store. Not
/// thread-safe.
/// </summary>
public sealed class JourneyPlanner
{
    private readonly CatalogSnapshot catalog;
    private readonly Func<Guid> newId;
    private readonly JourneyBounds bounds;
    private readonly long? generation;
    private readonly AliasLinker linker;
    private readonly Dictionary<AliasKey, PlannedJourney> byAlias = [];
    private readonly List<PlannedJourney> planned = [];
    private readonly List<(AliasKey Alias, PlannedJourney Journey)> newAliases = [];

    /// <summary>Creates a planner from the stored journeys that the events' aliases refer to.</summary>
    /// <param name="load">The stored journeys.</param>
    /// <param name="catalog">The catalog to evaluate with.</param>
    /// <param name="newId">Returns an id for each new journey.</param>
    /// <param name="bounds">The bounds of a journey; null for <see cref="JourneyBounds.Default"/>.</param>
    public JourneyPlanner(JourneyLoad load, CatalogSnapshot catalog, Func<Guid> newId, JourneyBounds? bounds = null)
    {
        this.bounds = bounds ?? JourneyBounds.Default;
        this.catalog = catalog;
        this.newId = newId;
        generation = load.Generation;
        linker = new AliasLinker(alias => Find(alias)?.Journey, this.bounds.MaxConversions);
        var byId = new Dictionary<Guid, PlannedJourney>(load.Journeys.Count);
        foreach (var (id, stored) in load.Journeys)
            planned.Add(byId[id] = new PlannedJourney(stored.Journey) { Stored = { stored } });
        foreach (var (alias, id) in load.Aliases) byAlias[alias] = byId[id];
    }

    /// <summary>Returns every alias that a load from the store must include for an event.</summary>
    public static IEnumerable<AliasKey> GetAliases(JourneyEvent journeyEvent)
    {
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(journeyEvent);
        return AliasLinker.GetAliases(journeyEvent, visitor, click, customer);
    }

    /// <summary>Adds an event.</summary>
    /// <param name="journeyEvent">The event.</param>
    /// <param name="receivedAt">
    /// Time of receipt, from which the age for archiving is measured. Null to archive nothing.
    /// </param>
    public void Add(JourneyEvent journeyEvent, Timestamp? receivedAt = null)
    {
        var (aliases, exceeded) = linker.GetAliasesWithinLimits(journeyEvent);
        PlannedJourney? journey = null;
        foreach (var alias in aliases)
        {
            if (Find(alias) is not { } found || found == journey) continue;
            if (journey is null) journey = found;
            else if (linker.CountConversions(journey.Journey) + linker.CountConversions(found.Journey) <= bounds.MaxConversions)
                journey = Merge(journey, found);
            else exceeded |= LinkLimits.ConversionsPerJourney;
        }

        if (journey is null)
            planned.Add(journey = new PlannedJourney(new Journey { Id = newId(), Brand = journeyEvent.Brand }));
        foreach (var alias in aliases)
            if (byAlias.TryAdd(alias, journey))
                newAliases.Add((alias, journey));
        if (exceeded != LinkLimits.None && journeyEvent is PersonEvent person)
            journeyEvent = person with { ExceededLimits = exceeded };
        journey.Add(journeyEvent, receivedAt);
    }

    /// <summary>Marks every loaded journey to be evaluated again, even without a new event.</summary>
    public void ReevaluateAll()
    {
        foreach (var journey in planned) journey.IsChanged = true;
    }

    /// <summary>
    /// Changes the labels of touches. Touches that were evicted keep theirs, as do touches that are labeled for another
    /// reason than their user agent.
    /// </summary>
    /// <param name="labels">The labels by event: bot, assistant or none.</param>
    /// <returns>The number of touches whose label changed.</returns>
    public int Relabel(IReadOnlyDictionary<EventId, TouchLabel> labels) =>
        planned.Where(journey => journey.MergedInto is null).Sum(journey => journey.Relabel(labels));

    /// <summary>
    /// Returns the label that a touch receives; null if it keeps its own, for example because that is not from its user
    /// agent.
    /// </summary>
    /// <param name="touch">The touch.</param>
    /// <param name="labels">The labels by event: bot, assistant or none.</param>
    public static TouchLabel? FindNewLabel(Touch touch, IReadOnlyDictionary<EventId, TouchLabel> labels) =>
        touch.Label is TouchLabel.None or TouchLabel.Bot or TouchLabel.Assistant && labels.TryGetValue(touch.Id, out var label) && label != touch.Label
            ? label : null;

    /// <summary>
    /// Evaluates the changed journeys and returns everything to be written except packs and rejections.
    /// </summary>
    public JourneyCommit ToCommit(Timestamp at)
    {
        var journeys = new List<StoredJourney>();
        var tombstones = new List<Tombstone>();
        var ledger = new List<LedgerEntry>();
        var deltas = new MeasureSums();
        var (accruals, removedAccruals) = (new List<PeriodAccrual>(), new HashSet<(string, string, string)>());
        var (matched, matchedNames) = (new HashSet<CatalogRef>(), new HashSet<string>(StringComparer.Ordinal));
        var archivedIds = new Dictionary<AliasKey, Guid>();
        foreach (var journey in planned)
        {
            if (journey.MergedInto is not null || !journey.IsChanged) continue;
            var after = journey.Journey.Evaluate(catalog, bounds);
            var before = journey.Stored.ConvertAll(stored => stored.Journey);
            deltas.AddChange(before, after);
            foreach (var known in before)
                if (PrecedesPlacementShares(known))
                    deltas.AddUnstoredMeasures(known);
            foreach (var stored in journey.Stored)
                if (stored.Journey.Id != after.Id)
                    tombstones.Add(new(stored.Journey.Id, stored.Version, after.Id));

            // Ledger, measures and accruals are computed before archiving, which only moves conversions and changes no
            // amount.
            var (rest, archived) = Archive(journey, after);
            journeys.Add(new(rest, journey.Stored.Find(stored => stored.Journey.Id == after.Id)?.Version ?? 0));
            if (archived is not null)
            {
                journeys.Add(new(archived, 0));
                foreach (var conversion in archived.Conversions)
                    archivedIds.Add(new(archived.Brand, conversion.Key), archived.Id);
                foreach (var payment in archived.ReportedPayments)
                    archivedIds.TryAdd(new(archived.Brand, IdentityRules.OrderAlias(payment.PaymentId)), archived.Id);
                foreach (var subscription in archived.ReportedConversions.Select(reported => reported.SubscriptionId).OfType<string>())
                    archivedIds.TryAdd(new(archived.Brand, IdentityRules.OrderAlias(subscription)), archived.Id);
            }

            // Most journeys have neither conversions nor posts, before or after.
            if (MayBePaid(after) || before.Exists(MayBePaid))
            {
                PeriodAccrual.AddChange(before, after, accruals, removedAccruals);
                var cause = new LedgerCause(journey.Events, journey.IsMerged)
                {
                    MovesToPlacementShares = before.Exists(PrecedesPlacementShares),
                    IsRelabeled = journey.IsRelabeled,
                    TimeZones = TimeZoneMove.OfJourneys(before, catalog),
                    MovesToFixedRates = before.Exists(known => FixedRateMove.Reaches(known, catalog)),
                };
                ledger.AddRange(
                    LedgerLines.ForChange([.. before.SelectMany(known => known.Conversions)], after, cause, at));
            }

            AddMatched(after, matched, matchedNames);
        }

        // New aliases of archived conversions are taken out of archivedIds; what remains are known aliases that move.
        List<KeyValuePair<AliasKey, Guid>> aliases =
        [
            .. newAliases.Select(added => KeyValuePair.Create(
                added.Alias, archivedIds.Remove(added.Alias, out var id) ? id : added.Journey.Survivor.Journey.Id)),
        ];
        return new()
        {
            CatalogVersion = catalog.Version,
            Generation = generation,
            Aliases = aliases,
            MovedAliases = [.. archivedIds],
            Journeys = journeys,
            Tombstones = tombstones,
            Ledger = ledger,
            Deltas = deltas.DropZeros(),
            Accruals = accruals,
            RemovedAccruals = removedAccruals,
            Matched = matched,
            At = at,
        };
    }

    /// <summary>Returns true if a stored journey was evaluated before shares were split over placements.</summary>
    private bool PrecedesPlacementShares(Journey stored) => stored.CatalogVersion < catalog.Contents.PlacementSharesVersion;

    private static bool MayBePaid(Journey journey) => !journey.Conversions.IsEmpty || !journey.PostDays.IsEmpty;

    /// <summary>Adds the catalog items that the events of an evaluated journey matched.</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="items">Receives the items.</param>
    /// <param name="names">
    /// The names added so far. The same few repeat for most touches, and each is parsed only once.
    /// </param>
    private static void AddMatched(Journey journey, HashSet<CatalogRef> items, HashSet<string> names)
    {
        items.Add(new(CatalogKind.Brands, journey.Brand));
        foreach (var day in journey.PostDays)
        {
            if (day.Placement is { } placement)
            {
                items.Add(new(CatalogKind.Campaigns, placement.Campaign));
                items.Add(new(CatalogKind.Creators, placement.Creator));
            }

            if (day.FeeAgreement is { } agreement) items.Add(new(CatalogKind.Agreements, agreement));
        }

        foreach (var touch in journey.Touches)
            if (touch.MatchedBy is { } name)
                AddNamed(name);
        foreach (var conversion in journey.Conversions)
        {
            foreach (var name in conversion.MatchedBy) AddNamed(name);
            foreach (var accrual in conversion.Accruals) items.Add(new(CatalogKind.Agreements, accrual.Agreement));
        }

        void AddNamed(string name)
        {
            if (names.Add(name)) items.Add(CatalogRef.Parse(name));
        }
    }

    private (Journey Journey, Journey? Archived) Archive(PlannedJourney journey, Journey evaluated) =>
        journey.ReceivedAt is { } now && bounds.Horizon is { } horizon && evaluated.FirstAt < now - horizon
            ? evaluated.Archive(now, horizon, catalog.FindBrand(evaluated.Brand)!, catalog, newId)
            : (evaluated, null);

    private PlannedJourney? Find(AliasKey alias) =>
        byAlias.TryGetValue(alias, out var journey) ? journey.Survivor : null;

    /// <summary>Merges two journeys: the older one, which has the lower id, survives with the events of both.</summary>
    private static PlannedJourney Merge(PlannedJourney a, PlannedJourney b)
    {
        var (older, younger) = a.Journey.Id.CompareTo(b.Journey.Id) < 0 ? (a, b) : (b, a);
        older.MergeFrom(younger);
        return older;
    }
}

/// <summary>
/// A journey in the working set of a <see cref="JourneyPlanner"/>: the stored state and the changes to it.
/// </summary>
internal sealed class PlannedJourney(Journey journey)
{
    public Journey Journey { get; private set; } = journey;
    public List<StoredJourney> Stored { get; } = [];
    public List<JourneyEvent> Events { get; } = [];
    public bool IsChanged { get; set; }
    public bool IsMerged { get; private set; }
    public bool IsRelabeled { get; private set; }
    public PlannedJourney? MergedInto { get; private set; }
    public PlannedJourney Survivor => MergedInto is null ? this : MergedInto = MergedInto.Survivor;

    /// <summary>Gets the latest time at which one of the added events was received; null if it is not known.</summary>
    public Timestamp? ReceivedAt { get; private set; }

    public void Add(JourneyEvent journeyEvent, Timestamp? receivedAt)
    {
        var extended = Journey.WithEvent(journeyEvent);
        if (ReferenceEquals(extended, Journey)) return;
        Journey = extended;
        Events.Add(journeyEvent);
        ReceivedAt = Latest(ReceivedAt, receivedAt);
        IsChanged = true;
    }

    public int Relabel(IReadOnlyDictionary<EventId, TouchLabel> labels)
    {
        var changed = 0;
        var touches = Journey.Touches.ToBuilder();
        for (var i = 0; i < touches.Count; i++)
        {
            if (JourneyPlanner.FindNewLabel(touches[i], labels) is not { } label) continue;
            touches[i] = touches[i] with { Label = label };
            changed++;
        }

        if (changed == 0) return 0;
        Journey = Journey with { Touches = touches.ToImmutable(), CatalogVersion = Journey.NeverEvaluated };
        IsChanged = IsRelabeled = true;
        return changed;
    }

    public void MergeFrom(PlannedJourney other)
    {
        Journey = Journey.MergeFrom(other.Journey);
        Stored.AddRange(other.Stored);
        Events.AddRange(other.Events);
        ReceivedAt = Latest(ReceivedAt, other.ReceivedAt);
        other.MergedInto = this;
        IsChanged = IsMerged = true;
    }

    private static Timestamp? Latest(Timestamp? a, Timestamp? b) => a > b || b is null ? a : b;
}
