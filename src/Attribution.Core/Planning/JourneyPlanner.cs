using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Planning;

/// <summary>
/// Plans one commit: takes events in, finds or makes the journey of each, merges journeys that turn out to be one person's, and says what
/// has to be written. Decides only; reads and writes nothing. Not thread-safe.
/// </summary>
public sealed class JourneyPlanner
{
    private readonly CatalogSnapshot catalog;
    private readonly Func<Guid> newId;
    private readonly JourneyBounds bounds;
    private readonly long? generation;
    private readonly Dictionary<AliasKey, PlannedJourney> byAlias = [];
    private readonly List<PlannedJourney> planned = [];
    private readonly List<(AliasKey Alias, PlannedJourney Slot)> newAliases = [];

    /// <summary>Begins with what the store holds of the journeys that the events' aliases lead to.</summary>
    /// <param name="load">What the store holds.</param>
    /// <param name="catalog">What to evaluate with.</param>
    /// <param name="newId">Returns a new id for each new journey.</param>
    /// <param name="bounds">How much a journey holds; null: <see cref="JourneyBounds.Default"/>.</param>
    public JourneyPlanner(JourneyLoad load, CatalogSnapshot catalog, Func<Guid> newId, JourneyBounds? bounds = null)
    {
        this.bounds = bounds ?? JourneyBounds.Default;
        this.catalog = catalog;
        this.newId = newId;
        generation = load.Generation;
        var byId = new Dictionary<Guid, PlannedJourney>(load.Journeys.Count);
        foreach (var (id, stored) in load.Journeys) planned.Add(byId[id] = new PlannedJourney(stored.Journey) { Stored = { stored } });
        foreach (var (alias, id) in load.Aliases) byAlias[alias] = byId[id];
    }

    /// <summary>Every alias that a look at the store must include for an event.</summary>
    public static IEnumerable<AliasKey> GetAliases(JourneyEvent happened)
    {
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(happened);
        return GetAliases(happened, visitor, click, customer);
    }

    /// <summary>Takes one event in.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="receivedAt">When it was received: what is too old by then is sealed. Null: nothing is.</param>
    public void Add(JourneyEvent happened, Timestamp? receivedAt = null)
    {
        var (aliases, beyond) = GetAliasesWithinLimits(happened);
        PlannedJourney? slot = null;
        foreach (var alias in aliases)
        {
            if (Find(alias) is not { } found || found == slot) continue;
            if (slot is null) slot = found;
            else if (CountConversions(slot) + CountConversions(found) <= bounds.MaxConversions) slot = Merge(slot, found);
            else beyond |= LinkLimits.ConversionsPerJourney;
        }

        if (slot is null) planned.Add(slot = new PlannedJourney(new Journey { Id = newId(), Brand = happened.Brand }));
        foreach (var alias in aliases)
            if (byAlias.TryAdd(alias, slot))
                newAliases.Add((alias, slot));
        slot.Add(beyond != LinkLimits.None && happened is PersonEvent person ? person with { ExceededLimits = beyond } : happened, receivedAt);
    }

    /// <summary>Evaluates every journey loaded anew, whether an event came or not.</summary>
    public void ReevaluateAll()
    {
        foreach (var slot in planned) slot.IsChanged = true;
    }

    /// <summary>What has to be written, packs and rejections aside.</summary>
    public JourneyCommit ToCommit(Timestamp at)
    {
        var journeys = new List<StoredJourney>();
        var tombstones = new List<Tombstone>();
        var ledger = new List<LedgerEntry>();
        var deltas = new MeasureSums();
        var (accruals, gone) = (new List<PeriodAccrual>(), new HashSet<(string, string, string)>());
        var (matched, named) = (new HashSet<CatalogRef>(), new HashSet<string>(StringComparer.Ordinal));
        var setApart = new Dictionary<AliasKey, Guid>();
        foreach (var slot in planned)
        {
            if (slot.MergedInto is not null || !slot.IsChanged) continue;
            var after = slot.Journey.Evaluate(catalog, bounds);
            var known = slot.Stored.ConvertAll(before => before.Journey);
            deltas.AddChange(known, after);
            foreach (var before in slot.Stored)
                if (before.Journey.Id != after.Id)
                    tombstones.Add(new(before.Journey.Id, before.Version, after.Id));

            PeriodAccrual.AddChange(known, after, accruals, gone);

            // Ledger, measures and accruals are those of the whole: sealing moves, and changes nothing.
            var (rest, apart) = Archive(slot, after);
            journeys.Add(new(rest, slot.Stored.Find(before => before.Journey.Id == after.Id)?.Version ?? 0));
            if (apart is not null)
            {
                journeys.Add(new(apart, 0));
                foreach (var conversion in apart.Conversions) setApart.Add(new(apart.Brand, conversion.Key), apart.Id);
            }

            // Most journeys have no conversions, now or before.
            if (!after.Conversions.IsEmpty || known.Exists(before => !before.Conversions.IsEmpty))
                ledger.AddRange(LedgerLines.ForChange([.. known.SelectMany(before => before.Conversions)], after, new LedgerCause(slot.Events, slot.IsMerged), at));
            MarkMatched(matched, named, after);
        }

        return new()
        {
            CatalogVersion = catalog.Version,
            Generation = generation,
            Aliases = [.. newAliases.Select(alias => KeyValuePair.Create(alias.Alias, setApart.Remove(alias.Alias, out var apart) ? apart : alias.Slot.Survivor.Journey.Id))],
            MovedAliases = [.. setApart],
            Journeys = journeys,
            Tombstones = tombstones,
            Ledger = ledger,
            Deltas = deltas.DropZeros(),
            Accruals = accruals,
            RemovedAccruals = gone,
            Matched = matched,
            At = at,
        };
    }

    private (Journey Journey, Journey? Apart) Archive(PlannedJourney slot, Journey evaluated) =>
        slot.ReceivedAt is { } now && bounds.Horizon is { } horizon
            ? evaluated.Archive(now, horizon, catalog.FindBrand(evaluated.Brand)!, newId)
            : (evaluated, null);

    private PlannedJourney? Find(AliasKey alias) => byAlias.TryGetValue(alias, out var slot) ? slot.Survivor : null;

    /// <summary>The older journey, which is the one of the lesser id, survives with the events of both.</summary>
    private static PlannedJourney Merge(PlannedJourney a, PlannedJourney b)
    {
        var (older, younger) = a.Journey.Id.CompareTo(b.Journey.Id) < 0 ? (a, b) : (b, a);
        older.MergeFrom(younger);
        return older;
    }

    /// <summary>
    /// The aliases of an event, less those that would glue strangers together: a click that was followed by two visitors already links no
    /// third, a visitor that was three customers no fourth, a customer that was fifty visitors no more. Such an alias goes on finding its
    /// own journey; it only no longer brings this event there, and the event says by which limit.
    /// </summary>
    private (List<AliasKey> Aliases, LinkLimits Beyond) GetAliasesWithinLimits(JourneyEvent happened)
    {
        var (visitor, click, customer) = IdentityRules.PersonIdentifiers(happened);
        var brand = happened.Brand;
        var beyond = LinkLimits.None;
        if (visitor is not null && click is not null && Find(new(brand, IdentityRules.ClickAlias(click)))?.Journey is { } ofClick
            && IsLimitReached(ofClick.VisitorsOfClick(click), visitor, IdentityRules.MaxVisitorsPerClick))
        {
            click = null;
            beyond |= LinkLimits.VisitorsPerClick;
        }

        if (visitor is not null && customer is not null && FindPersonLimit(brand, visitor, customer) is var limit and not LinkLimits.None)
        {
            beyond |= limit;
            // The click would lead there all the same.
            if (click is not null && Find(new(brand, IdentityRules.ClickAlias(click))) is { } byClick && byClick == Find(new(brand, IdentityRules.VisitorAlias(visitor)))) click = null;
            visitor = null;
        }

        var aliases = GetAliases(happened, visitor, click, customer);
        var within = GetAliasesWithinJourneyLimit(aliases, happened);
        return (within, within.Count < aliases.Count ? beyond | LinkLimits.ConversionsPerJourney : beyond);
    }

    /// <summary>The limit that keeps a visitor and a customer apart.</summary>
    private LinkLimits FindPersonLimit(string brand, string visitor, string customer) =>
        Find(new(brand, IdentityRules.VisitorAlias(visitor)))?.Journey is { } ofVisitor && IsLimitReached(ofVisitor.CustomersOfVisitor(visitor), customer, IdentityRules.MaxCustomersPerVisitor)
            ? LinkLimits.CustomersPerVisitor
        : Find(new(brand, IdentityRules.CustomerAlias(customer)))?.Journey is { } ofCustomer && IsLimitReached(ofCustomer.VisitorsOfCustomer(customer), visitor, IdentityRules.MaxVisitorsPerCustomer)
            ? LinkLimits.VisitorsPerCustomer
        : LinkLimits.None;

    /// <summary>
    /// What leads a conversion that has not come before to a journey that holds as many as it may is left out: a guest customer's key, say,
    /// brings the next order nowhere.
    /// </summary>
    private List<AliasKey> GetAliasesWithinJourneyLimit(List<AliasKey> aliases, JourneyEvent happened) =>
        happened is ReportedConversion && Find(aliases[0]) is null
            ? aliases.FindAll(alias => Find(alias) is not { } slot || CountConversions(slot) < bounds.MaxConversions)
            : aliases;

    /// <summary>How many conversions a journey holds; of one that cannot be near the bound, how many statements.</summary>
    private int CountConversions(PlannedJourney slot) =>
        slot.Journey.ReportedConversions.Length < bounds.MaxConversions / 2
            ? slot.Journey.ReportedConversions.Length
            : slot.Journey.ReportedConversions.Select(IdentityRules.ConversionKey).Distinct(StringComparer.Ordinal).Count();

    private static bool IsLimitReached(IReadOnlySet<string> linked, string another, int limit) => linked.Count >= limit && !linked.Contains(another);

    private static List<AliasKey> GetAliases(JourneyEvent happened, string? visitor, string? click, string? customer)
    {
        var (brand, aliases) = (happened.Brand, new List<AliasKey>());
        if (IdentityRules.SubjectAlias(happened) is { } own) aliases.Add(new(brand, own));
        if (customer is not null) aliases.Add(new(brand, IdentityRules.CustomerAlias(customer)));
        if (click is not null) aliases.Add(new(brand, IdentityRules.ClickAlias(click)));
        if (visitor is not null) aliases.Add(new(brand, IdentityRules.VisitorAlias(visitor)));
        if (aliases.Count == 0) aliases.Add(new(brand, IdentityRules.EventAlias(happened.Id)));
        return aliases;
    }

    /// <summary>Marks what the journey's events matched. An item that <paramref name="named"/> holds is marked already.</summary>
    private static void MarkMatched(HashSet<CatalogRef> matched, HashSet<string> named, Journey journey)
    {
        matched.Add(new(CatalogKind.Brands, journey.Brand));
        foreach (var day in journey.PostDays)
        {
            if (day.Placement is { } placement)
            {
                matched.Add(new(CatalogKind.Campaigns, placement.Campaign));
                matched.Add(new(CatalogKind.Creators, placement.Creator));
            }

            if (day.FeeAgreement is { } agreement) matched.Add(new(CatalogKind.Agreements, agreement));
        }

        foreach (var touch in journey.Touches) MarkItem(touch.MatchedBy);
        foreach (var conversion in journey.Conversions)
        {
            foreach (var item in conversion.MatchedBy) MarkItem(item);
            foreach (var accrual in conversion.Accruals) matched.Add(new(CatalogKind.Agreements, accrual.Agreement));
        }

        void MarkItem(string? item)
        {
            if (item is not null && named.Add(item)) matched.Add(CatalogRef.Parse(item));
        }
    }

    /// <summary>A journey on its way from what is stored to what will be.</summary>
    private sealed class PlannedJourney(Journey journey)
    {
        public Journey Journey { get; private set; } = journey;
        public List<StoredJourney> Stored { get; } = [];
        public List<JourneyEvent> Events { get; } = [];
        public bool IsChanged { get; set; }
        public bool IsMerged { get; private set; }
        public PlannedJourney? MergedInto { get; private set; }
        public PlannedJourney Survivor => MergedInto is null ? this : MergedInto = MergedInto.Survivor;

        /// <summary>The newest receipt of what it took in.</summary>
        public Timestamp? ReceivedAt { get; private set; }

        public void Add(JourneyEvent happened, Timestamp? receivedAt)
        {
            var with = Journey.WithEvent(happened);
            if (ReferenceEquals(with, Journey)) return;
            Journey = with;
            Events.Add(happened);
            ReceivedAt = Latest(ReceivedAt, receivedAt);
            IsChanged = true;
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
}
