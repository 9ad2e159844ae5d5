using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Numerics;
using System.Text;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit.Twin;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Laws;

/// <summary>
/// The attribution stage on a store of its own: packs in; journeys, ledger and rollups out, as in the host.
/// </summary>
internal sealed class EngineRun : IAsyncDisposable
{
    private static readonly IOptions<AcceptanceOptions> NoHorizon = Options.Create(new AcceptanceOptions { Horizon = TimeSpan.FromDays(36_500) });
    private static readonly IOptions<AttributionOptions> Defaults = Options.Create(new AttributionOptions());

    private static readonly SqliteDatabaseOptions FastDatabase = new() { Synchronous = SqliteSynchronous.Normal, CacheKiB = 1_024, Readers = 1 };

    private readonly SqliteStore store;
    private readonly CatalogCache catalogs;
    private readonly Attributor attributor;
    private readonly CommitQueue queue;

    private EngineRun(SqliteStore store)
    {
        this.store = store;
        catalogs = new CatalogCache(store.Catalog);
        attributor = new Attributor(
            store.Journeys, catalogs, new IdGenerator(TimeProvider.System), TimeProvider.System, new AttributionMetrics(new NoMeterFactory()), Defaults, NoHorizon, new CustomBotRules(null), keys: null, NullLogger<Attributor>.Instance);
        queue = new CommitQueue(
            attributor, Options.Create(new AttributionOptions { MessagesPerBatch = 2 }), new TestApplicationLifetime(),
            new CommitProgress(TimeProvider.System, new NoMeterFactory()), NullLogger<CommitQueue>.Instance);
    }

    public SqliteStore Store => store;

    public Attributor Attributor => attributor;

    public CatalogCache Catalogs => catalogs;

    /// <summary>Creates the file of an empty store, which runs copy because that is much faster.</summary>
    public static async Task<byte[]> EmptyAsync(string path, CancellationToken cancellation)
    {
        await (await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = path, Database = FastDatabase }, cancellation)).DisposeAsync();
        return await File.ReadAllBytesAsync(path, cancellation);
    }

    /// <summary>Opens a new store at a path.</summary>
    public static async Task<EngineRun> OpenAsync(byte[] empty, string path, CancellationToken cancellation)
    {
        await File.WriteAllBytesAsync(path, empty, cancellation);
        return await OpenExistingAsync(path, beforeStatement: null, cancellation);
    }

    /// <summary>Opens a store, and calls a hook before each statement of its writes.</summary>
    public static async Task<EngineRun> OpenExistingAsync(string path, Action<string>? beforeStatement, CancellationToken cancellation)
    {
        var database = FastDatabase with { BeforeStatement = beforeStatement };
        var run = new EngineRun(await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = path, Database = database }, cancellation));
        await run.catalogs.RefreshAsync(cancellation);
        return run;
    }

    public async Task PutAsync(IEnumerable<ICatalogItem> items, CancellationToken cancellation)
    {
        var puts = items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item)).ToList();
        var before = await store.Catalog.LoadCatalogAsync(cancellation);
        var costs = CostMeasures.Between(CatalogSnapshot.Create(before), CatalogSnapshot.Create(before with { Items = before.Items.SetItems(puts) }));
        var change = new CatalogChange { ExpectedVersion = before.Version, Puts = puts, Deltas = costs, At = new Timestamp(0) };
        (await store.Catalog.WriteChangeAsync(change, cancellation)).ShouldBeTrue();
    }

    public Task ProcessAsync(IReadOnlyList<EventPack> packs, CancellationToken cancellation) => attributor.AttributeAsync(packs, cancellation);

    /// <summary>
    /// Applies packs through the commit queue of the host: one or two packs per commit, each planned while the previous
    /// one is written.
    /// </summary>
    public Task ProcessPlannedAheadAsync(IReadOnlyList<EventPack> packs, CancellationToken cancellation) => Task.WhenAll(packs.Select(pack => queue.EnqueueAsync(pack, cancellation)));

    /// <summary>Reevaluates every journey with the newest catalog, in batches.</summary>
    public async Task ReevaluateAsync(CancellationToken cancellation)
    {
        while (await attributor.ReevaluateAsync(7, cancellation) > 0) cancellation.ThrowIfCancellationRequested();
    }

    public async Task FoldAsync(int limit, CancellationToken cancellation) => await store.Rollups.FoldAsync(limit, () => new Timestamp(0), cancellation);

    /// <summary>Rebuilds the store from its packs and returns the changes.</summary>
    public async Task<string> RebuildAsync(CancellationToken cancellation)
    {
        var (time, ids) = (TimeProvider.System, new IdGenerator(TimeProvider.System));
        var run = new RunDocument { Id = ids.Next(), Kind = "rebuild", Request = [], CreatedAt = new Timestamp(0), UpdatedAt = new Timestamp(0) };
        return Encoding.UTF8.GetString(
            await new RebuildRun(store.Rebuilds, ids, time, Defaults, NoHorizon, new CustomBotRules(null), catalogs, NullLogger<RebuildRun>.Instance).RunAsync(run, new RunProgress(), cancellation));
    }

    /// <summary>Reconciles the store and returns the result.</summary>
    public async Task<string> ReconcileAsync(CancellationToken cancellation)
    {
        var document = new RunDocument { Id = Guid.Empty, Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default };
        return Encoding.UTF8.GetString(await new ReconcileRun(
            store.Reconciliation, store.Jobs, store.Journeys, store.Agreements, catalogs, TimeProvider.System, new RollupMetrics(new NoMeterFactory()),
            new DataLossLog(new HostSettings(new HashSet<Role> { Role.Rollup }, "0", Path.GetTempPath())), NullLogger<ReconcileRun>.Instance)
            .RunAsync(document, new RunProgress(), cancellation));
    }

    /// <summary>Returns the state of the store after folding all deltas.</summary>
    public async Task<EngineState> ReadAsync(IReadOnlyList<string> brands, CancellationToken cancellation)
    {
        while (await store.Rollups.FoldAsync(1_000, () => new Timestamp(0), cancellation) > 0) cancellation.ThrowIfCancellationRequested();
        var rollups = new Dictionary<TwinCell, BigInteger>();
        foreach (var brand in brands)
            await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(brand, DateOnly.MinValue, DateOnly.MaxValue, asOf: null, cancellation)).Cells)
                EngineState.AddTo(rollups, key, cell);

        var journeys = new List<Journey>();
        await store.Reconciliation.ReadForReconciliationAsync(journeys.Add, cancellation);
        var counted = new MeasureSums();
        foreach (var journey in journeys) counted.Add(journey, 1);
        var measured = new Dictionary<TwinCell, BigInteger>();
        foreach (var (key, cell) in counted.Cells) EngineState.AddTo(measured, key, cell);

        // Unmatched names are counted separately, over all days.
        var unmatched = measured.Where(cell => cell.Key.Campaign.StartsWith('?')).ToList();
        foreach (var (cell, count) in unmatched) rollups.Add(cell, count);
        foreach (var brand in brands)
        {
            var names = (await store.Rollups.ListUnmatchedAsync(brand, kind: null, cursor: null, 1_000, cancellation)).Names;
            names.ToDictionary(name => $"{UnmatchedNames.CampaignOf(name.Kind)} {name.Name}", name => (BigInteger)name.Count).ShouldBe(
                unmatched.Where(cell => cell.Key.Brand == brand).GroupBy(cell => $"{cell.Key.Campaign} {cell.Key.Creator}")
                    .ToDictionary(name => name.Key, name => name.Aggregate(BigInteger.Zero, (sum, cell) => sum + cell.Value)), ignoreOrder: true);
        }

        var ledger = new TwinResult();
        foreach (var journey in journeys)
        foreach (var conversion in journey.Conversions)
        foreach (var entry in await store.Ledger.ReadLedgerAsync(journey.Brand, conversion.Key, cancellation))
            ledger.AddToLedger(
                new(entry.Brand, entry.Conversion, entry.OrderDay, entry.EntryDay, new(entry.Placement.Campaign, entry.Placement.Creator)),
                new(entry.Amount, entry.Micros, entry.Commission));
        return new(rollups, measured, ledger.Ledger, [.. journeys]);
    }

    public async ValueTask DisposeAsync()
    {
        catalogs.Dispose();
        await store.DisposeAsync();
    }

    private sealed class NoMeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}

/// <summary>State after a run.</summary>
/// <param name="Rollups">Stored rollup cells that are not 0.</param>
/// <param name="Measured">Measures of all journeys, computed again.</param>
/// <param name="Ledger">Sums of the ledger lines that are not 0.</param>
/// <param name="Journeys">The live journeys.</param>
internal sealed record EngineState(
    Dictionary<TwinCell, BigInteger> Rollups, Dictionary<TwinCell, BigInteger> Measured,
    Dictionary<TwinLedgerKey, TwinLedgerSum> Ledger, ImmutableArray<Journey> Journeys)
{
    /// <summary>Gets the stored journeys without id and version, which depend on the order of delivery.</summary>
    public List<string> Documents => [.. Journeys.Select(Document).Order(StringComparer.Ordinal)];

    public static void AddTo(Dictionary<TwinCell, BigInteger> cells, in RollupKey key, MeasureCell cell)
    {
        foreach (var measure in Enum.GetValues<Measure>())
            if (cell.SumOf(measure) != 0)
                cells.Add(new(key.Brand, key.Day, key.Campaign, key.Creator, "", NameOf(measure)), cell.SumOf(measure));
        foreach (var model in ModelNames.Reported)
        foreach (var measure in Enum.GetValues<CreditMeasure>())
            if (cell.SumOf(model, measure) != 0)
                cells.Add(new(key.Brand, key.Day, key.Campaign, key.Creator, ModelNames.NameOf(model), NameOf(measure)), cell.SumOf(model, measure));
    }

    private static string Document(Journey journey) =>
        Convert.ToHexString(JourneyCodec.Encode(journey with { Id = Guid.Empty, CatalogVersion = 0 }, new DocumentWriter()));

    private static string NameOf(Measure measure) => measure switch
    {
        Measure.InvalidBot => "invalid bot",
        Measure.InvalidPrefetch => "invalid prefetch",
        Measure.InvalidHead => "invalid head",
        Measure.AssistantTouches => "invalid assistant",
        _ => Camel(measure.ToString()),
    };

    private static string NameOf(CreditMeasure measure) => measure switch
    {
        CreditMeasure.ConversionMicros => "conversions",
        CreditMeasure.LeadMicros => "leads",
        _ => Camel(measure.ToString()),
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
