using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Fixtures;

/// <summary>
/// Runs the engine over dictionaries instead of a store: events in; journeys, ledger and sums out. Events can be
/// grouped into commits of any size. The stores have a test suite of their own.
/// </summary>
internal sealed class InMemoryEngine
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private readonly Dictionary<AliasKey, Guid> aliases = [];
    private readonly Dictionary<Guid, StoredJourney> journeys = [];
    private readonly Dictionary<Guid, Guid> tombstones = [];
    private readonly IdGenerator ids = new(TimeProvider.System);
    private readonly Dictionary<CatalogRef, ICatalogItem> items = new()
    {
        [new(CatalogKind.Brands, "default")] = new BrandItem("default", "Default"),
    };

    private readonly List<StoredFit> fits = [];
    private int version;
    private long placementSharesVersion;

    /// <summary>Gets or sets the bounds of a journey.</summary>
    public JourneyBounds Bounds { get; set; } = JourneyBounds.Default;

    /// <summary>Gets or sets the sets of time zones.</summary>
    public TimeZoneHistory TimeZones { get; set; } = TimeZoneHistory.Bundled;

    /// <summary>Gets or sets the version from which on fixed rates apply; null if they do not.</summary>
    public long? FixedRatesVersion { get; set; } = 0;

    public InMemoryEngine() => Catalog = CatalogSnapshot.Create(new(0, items.ToImmutableDictionary(), []));

    public CatalogSnapshot Catalog { get; private set; }

    public List<LedgerEntry> Ledger { get; } = [];

    /// <summary>Gets the accruals of agreements settled per period, as committed.</summary>
    public Dictionary<(string Brand, string Agreement, string Key), PeriodAccrual> Accruals { get; } = [];

    /// <summary>Gets the catalog items that matched an event.</summary>
    public HashSet<CatalogRef> Matched { get; } = [];

    /// <summary>Gets the sum of all emitted deltas of journeys and costs.</summary>
    public MeasureSums EmittedDeltas { get; } = new();

    public IEnumerable<Journey> Journeys => journeys.Values.Select(stored => stored.Journey);

    public InMemoryEngine Put(params IEnumerable<ICatalogItem> changed)
    {
        EmittedDeltas.Add(CostMeasures.Calculate(Catalog), -1);
        foreach (var item in changed) items[CatalogKinds.RefOf(item)] = item;
        RefreshCatalog();
        EmittedDeltas.Add(CostMeasures.Calculate(Catalog));
        return this;
    }

    /// <summary>Adds a fit.</summary>
    public InMemoryEngine Put(Fit fit)
    {
        fits.Add(new(fit, version + 1));
        RefreshCatalog();
        return this;
    }

    /// <summary>
    /// Upgrades the store: conversions are as an earlier build stored them, and all journeys are stale once.
    /// </summary>
    public InMemoryEngine UpgradeToPlacementShares(Func<Conversion, Conversion> asStoredBefore)
    {
        foreach (var (id, stored) in journeys.ToList())
            journeys[id] = new(stored.Journey with { Conversions = [.. stored.Journey.Conversions.Select(asStoredBefore)] }, stored.Version);
        placementSharesVersion = version + 1;
        RefreshCatalog();
        return this;
    }

    /// <summary>Applies newer time zones from now on, without a change of an item.</summary>
    public InMemoryEngine ApplyTimeZones(TimeZoneSet before, TimeZoneSet after)
    {
        TimeZones = new([new(before, 0, new(long.MinValue)), new(after, version + 1, new(long.MinValue))]);
        RefreshCatalog();
        return this;
    }

    /// <summary>Applies fixed rates from now on, without a change of an item.</summary>
    public InMemoryEngine ApplyFixedRates()
    {
        FixedRatesVersion = version + 1;
        RefreshCatalog();
        return this;
    }

    public InMemoryEngine Put(string kind, string json) => Put(Item(kind, json));

    public static ICatalogItem Item(string kind, string json) => kind switch
    {
        "brands" => JsonSerializer.Deserialize<BrandItem>(json, Web)!,
        "creators" => JsonSerializer.Deserialize<CreatorItem>(json, Web)!,
        "campaigns" => JsonSerializer.Deserialize<CampaignItem>(json, Web)!,
        "links" => JsonSerializer.Deserialize<LinkItem>(json, Web)!,
        "codes" => JsonSerializer.Deserialize<CodeItem>(json, Web)!,
        "utm-rules" => JsonSerializer.Deserialize<UtmRuleItem>(json, Web)!,
        "publishers" => JsonSerializer.Deserialize<PublisherItem>(json, Web)!,
        "agreements" => JsonSerializer.Deserialize<AgreementItem>(json, Web)!,
        "costs" => JsonSerializer.Deserialize<CostItem>(json, Web)!,
        "fx-rates" => JsonSerializer.Deserialize<FxRateItem>(json, Web)!,
        "monthly-nets" => JsonSerializer.Deserialize<MonthlyNetItem>(json, Web)!,
        _ => throw new ArgumentException(kind),
    };

    /// <summary>Processes events in commits of a maximum size.</summary>
    public InMemoryEngine Process(IEnumerable<string> lines, int commitSize = 100)
    {
        foreach (var commit in lines.Chunk(commitSize)) Commit([.. commit.Select(Read)]);
        return this;
    }

    public InMemoryEngine Process(params JourneyEvent[] events)
    {
        Commit(events);
        return this;
    }

    /// <summary>Processes events received at one time in one commit.</summary>
    public InMemoryEngine ProcessAt(Timestamp at, params JourneyEvent[] events)
    {
        Commit(events, at);
        return this;
    }

    public InMemoryEngine Reevaluate()
    {
        var planner = new JourneyPlanner(new(ImmutableHashSet<Guid>.Empty, new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>(journeys)), Catalog, ids.Next, Bounds);
        planner.ReevaluateAll();
        Apply(planner);
        return this;
    }

    /// <summary>Recounts the measures of all journeys and costs.</summary>
    public MeasureSums CountJourneys()
    {
        var sums = CostMeasures.Calculate(Catalog);
        foreach (var journey in Journeys) sums.Add(journey, 1);
        return sums.DropZeros();
    }

    public static JourneyEvent Read(string line)
    {
        var read = EventReader.ReadLenient(Encoding.UTF8.GetBytes(line), new("test", "default", ReceivedAt, TimeSpan.FromDays(36_500)));
        return read.Event ?? throw new InvalidOperationException($"{read.Fault} {line}");
    }

    private static readonly DateTimeOffset ReceivedAt = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private void RefreshCatalog() => Catalog = CatalogSnapshot.Create(new(++version, items.ToImmutableDictionary(), [])
    {
        Fits = [.. fits], PlacementSharesVersion = placementSharesVersion, FixedRatesVersion = FixedRatesVersion, TimeZones = TimeZones,
    });

    private void Commit(JourneyEvent[] events, Timestamp? receivedAt = null)
    {
        var found = events.SelectMany(JourneyPlanner.GetAliases).Distinct().Where(aliases.ContainsKey).ToDictionary(alias => alias, alias => ResolveTombstone(aliases[alias]));
        var planner = new JourneyPlanner(new(ImmutableHashSet<Guid>.Empty, found, found.Values.Distinct().ToDictionary(id => id, id => journeys[id])), Catalog, ids.Next, Bounds);
        foreach (var journeyEvent in events) planner.Add(journeyEvent, receivedAt);
        Apply(planner);
    }

    private void Apply(JourneyPlanner planner)
    {
        var commit = planner.ToCommit(new Timestamp(0));
        foreach (var (alias, id) in commit.Aliases) aliases.Add(alias, id);
        foreach (var (alias, id) in commit.MovedAliases)
        {
            (commit.Journeys.Select(stored => stored.Journey.Id).Concat(commit.Tombstones.Select(tombstone => tombstone.Id))).ShouldContain(ResolveTombstone(aliases[alias]));
            aliases[alias] = id;
        }

        foreach (var stored in commit.Journeys)
        {
            (journeys.GetValueOrDefault(stored.Journey.Id)?.Version ?? 0).ShouldBe(stored.Version);
            journeys[stored.Journey.Id] = stored with { Version = stored.Version + 1 };
        }

        foreach (var (id, _, into) in commit.Tombstones)
        {
            journeys.Remove(id).ShouldBeTrue();
            tombstones.Add(id, into);
        }

        foreach (var removed in commit.RemovedAccruals) Accruals.Remove(removed).ShouldBeTrue();
        foreach (var accrual in commit.Accruals) Accruals[(accrual.Brand, accrual.Agreement, accrual.Key)] = accrual;
        Matched.UnionWith(commit.Matched);
        Ledger.AddRange(commit.Ledger);
        EmittedDeltas.Add(commit.Deltas);
    }

    private Guid ResolveTombstone(Guid id)
    {
        while (tombstones.TryGetValue(id, out var into)) id = into;
        return id;
    }
}
