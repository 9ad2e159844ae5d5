using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>
/// Basis of the conformance suite, which states what the ports require of every store: one class per port, and some that cut
/// across. Each runs on the stores that a subclass names.
/// </summary>
public abstract class StoreConformance(ConformanceStores stores) : IAsyncDisposable
{
    protected const string Brand = "default";
    protected static readonly Timestamp Now = new(1_772_445_600_000);
    protected static readonly RestatementFilter AllRestatements = new(
        Brand, new Timestamp(long.MinValue), new Timestamp(long.MaxValue), RestatedDay.EntryDay, null, null);
    protected const int Rounds = 40;

    private int idCount;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc cref="ConformanceStores.OpenAsync"/>
    protected ValueTask<IStore> OpenAsync(
        string name, Action<string>? beforeStatement = null, FormatVersions? formats = null, TimeZoneSet? timeZones = null) =>
        stores.OpenAsync(name, beforeStatement, formats, timeZones);

    /// <inheritdoc cref="ConformanceStores.MinStatements"/>
    protected int MinStatements(int rows) => stores.MinStatements(rows);

    public async ValueTask DisposeAsync()
    {
        await stores.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected ValueTask<IStore> OpenNewAsync() => OpenAsync(Guid.NewGuid().ToString("N"));

    // Time-ordered ids, as in production.
    protected Guid NextId() =>
        new(
            0x0198a000,
            0,
            0x7000,
            [0x80, 0, 0, 0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(Interlocked.Increment(ref idCount)))]);

    protected static AliasKey Alias(string text, string brand = Brand) => new(brand, text);

    protected Journey NewJourney(string marks = "a", long catalogVersion = 0, string brand = Brand) => new()
    {
        Id = NextId(),
        Brand = brand,
        CatalogVersion = catalogVersion,
        Touches = [.. marks.Select(mark => new Touch { Id = new EventId("default", mark.ToString()), At = Now, Kind = TouchKind.Click, Slug = "mia", Day = new DateOnly(2026, 3, 2) })],
    };

    protected static string Marks(Journey journey) => string.Concat(journey.Touches.Select(touch => touch.Id.Id));

    protected static Journey Marked(Journey journey, char mark) =>
        journey with { Touches = journey.Touches.Add(journey.Touches[0] with { Id = new EventId("default", mark.ToString()) }) };

    protected EventPack NewPack(string text = "{}", IReadOnlyList<RefusedEvent>? refused = null) => new()
    {
        PackId = NextId(),
        Schema = EventPack.CurrentSchema,
        Source = "shop",
        ReceivedAt = Now.ToDateTimeOffset(),
        Events = [System.Text.Encoding.UTF8.GetBytes(text)],
        Refused = refused,
    };

    protected static RollupKey Key(
        int day = 2, string campaign = "spring", string creator = "mia", string brand = Brand) =>
        new(brand, new DateOnly(2026, 3, day), campaign, creator);

    protected static MeasureSums Sums(params (RollupKey Key, long Clicks)[] clicks)
    {
        var sums = new MeasureSums();
        foreach (var (key, count) in clicks) sums.Add(key, Measure.Clicks, count);
        return sums;
    }

    protected static LedgerEntry Entry(string conversion, long amount, string brand = Brand) => new()
    {
        Brand = brand,
        Conversion = conversion,
        Placement = new Placement("spring", "mia"),
        OrderDay = new DateOnly(2026, 3, 2),
        EntryDay = new DateOnly(2026, 3, 9),
        Amount = amount,
        Micros = -1_000_000,
        Commission = 450,
        Reason = LedgerReason.Chargeback,
        CausedBy = "shop/e-1",
        RecordedAt = Now,
    };

    protected RejectionDocument Rejection(string detail = "why", string brand = Brand, string? eventId = "e-1") => new()
    {
        Id = NextId(),
        Brand = brand,
        Source = "shop",
        ReceivedAt = Now,
        Reason = RejectionReason.TooLate,
        Pointer = "/occurredAt",
        Detail = detail,
        EventId = eventId,
        Schema = 1,
        Payload = [0, 255, 1],
    };

    protected static KeyValuePair<CatalogRef, ICatalogItem> Creator(string id, string name = "Mia") =>
        new(new CatalogRef(CatalogKind.Creators, id), new CreatorItem(id, name));

    protected static async ValueTask WriteCatalogAsync(IStore store, params KeyValuePair<CatalogRef, ICatalogItem>[] puts)
    {
        var version = await store.Catalog.ReadCatalogVersionAsync(Cancellation);
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = version, Puts = puts, At = Now }, Cancellation)).ShouldBeTrue();
    }

    /// <summary>
    /// Commits documents encoded in advance, as the message consumers do. Rebuilds and other tests cover the other
    /// overload.
    /// </summary>
    protected static ValueTask<CommitOutcome> CommitAsync(IStore store, JourneyCommit commit) =>
        store.Journeys.CommitAsync(store.Journeys.Encode(commit), Cancellation);

    protected static async ValueTask CommitSuccessfullyAsync(IStore store, JourneyCommit commit) =>
        (await CommitAsync(store, commit)).ShouldBe(CommitOutcome.Committed);

    /// <summary>Commits new journeys, each with an alias.</summary>
    protected static ValueTask InsertJourneysAsync(IStore store, params (Journey Journey, string Alias)[] journeys) =>
        CommitSuccessfullyAsync(store, new JourneyCommit
    {
        CatalogVersion = long.MaxValue,
        At = Now,
        Journeys = [.. journeys.Select(pair => new StoredJourney(pair.Journey, 0))],
        Aliases = [.. journeys.Select(pair => KeyValuePair.Create(Alias(pair.Alias, pair.Journey.Brand), pair.Journey.Id))],
    });

    protected static JourneyCommit Replace(Journey journey, long version, MeasureSums? deltas = null) => new()
    {
        CatalogVersion = long.MaxValue,
        At = Now,
        Journeys = [new StoredJourney(journey, version)],
        Deltas = deltas ?? new MeasureSums(),
    };

    protected static ValueTask CommitDeltaAsync(IStore store, params (RollupKey Key, long Clicks)[] clicks) =>
        CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = long.MaxValue, At = Now, Deltas = Sums(clicks) });

    protected static async ValueTask<StoredJourney> FindJourneyAsync(IStore store, string alias, string brand = Brand) =>
        (await store.Journeys.FindByAliasAsync(Alias(alias, brand), Cancellation)).ShouldNotBeNull();

    protected static async ValueTask<ImmutableArray<(RollupKey Key, long Clicks)>> ReadRollupsAsync(
        IStore store, string brand = Brand, Timestamp? asOf = null)
    {
        var rows = ImmutableArray.CreateBuilder<(RollupKey, long)>();
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(brand, DateOnly.MinValue, DateOnly.MaxValue, asOf, Cancellation)).Cells) rows.Add((key, cell[Measure.Clicks]));
        return rows.ToImmutable();
    }

    protected static async ValueTask<List<FoldManifestDocument>> ReadManifestsAsync(
        IStore store, string brand = Brand, Timestamp? after = null)
    {
        var manifests = new List<FoldManifestDocument>();
        await foreach (var manifest in store.Rollups.ReadManifestsAsync(brand, after, Cancellation)) manifests.Add(manifest);
        return manifests;
    }

    protected static void ShouldBeSame(MeasureSums left, MeasureSums right)
    {
        var difference = new MeasureSums();
        difference.Add(left);
        difference.Add(right, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
    }

    protected static async ValueTask ManifestsShouldSumToRollups(IStore store, params string[] brands)
    {
        var sums = new MeasureSums();
        foreach (var brand in brands)
        {
            var manifests = await ReadManifestsAsync(store, brand);
            manifests.Select(manifest => manifest.Number).ShouldBe(Enumerable.Range(1, manifests.Count).Select(n => (long)n));
            foreach (var manifest in manifests) sums.Add(manifest.Sums);
            await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(brand, DateOnly.MinValue, DateOnly.MaxValue, null, Cancellation)).Cells) sums[key].Add(cell, -1);
        }
        sums.DropZeros().Cells.Keys.ShouldBeEmpty();
    }

    protected static RebuildSwap Swap(Guid run, long catalog = 0) => new()
    {
        Run = run, CatalogVersion = catalog, Costs = new MeasureSums(), At = Now, Replay = packs => packs.Count == 0 ? Task.CompletedTask : throw new InvalidOperationException("Nothing is left to replay."),
    };

    protected static Task<T[]> RunConcurrentlyAsync<T>(IStore[] stores, Func<IStore, ValueTask<T>> work) =>
        RunConcurrentlyAsync(stores, (store, _) => work(store));

    protected static async Task<T[]> RunConcurrentlyAsync<T>(IStore[] stores, Func<IStore, int, ValueTask<T>> work)
    {
        using var start = new Barrier(stores.Length);
        return await Task.WhenAll(stores.Select((store, index) => Task.Factory.StartNew(
            async () =>
            {
                start.SignalAndWait(Cancellation);
                return await work(store, index);
            },
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
    }

    protected static MeasureSums RandomSums(Random random)
    {
        var sums = new MeasureSums();
        for (var i = random.Next(100); i >= 0; i--)
        {
            var key = random.Next(10) switch
            {
                0 => Key(1, "", ""),
                1 => Key(1, "*", ""),
                2 => Key(1, $"c{random.Next(3)}", ""),
                _ => Key(1, $"c{random.Next(3)}", $"p{random.Next(4)}"),
            };
            // Small values of few measures, so that sums often become zero.
            sums[key with { Day = key.Day.AddDays(random.Next(200)) }][(Measure)random.Next(2)] += random.Next(-1, 2);
            sums[key with { Day = key.Day.AddDays(random.Next(200)) }][(Model)random.Next(MeasureCell.ModelCount), CreditMeasure.Gross] += random.Next(-1, 2);
        }

        return sums;
    }

    protected static async ValueTask<List<(string Conversion, Timestamp ClosedAt)>> ListRestatementsAsync(
        IStore store, RestatementFilter query) =>
        [.. (await store.Ledger.ListRestatementsAsync(query, null, 100, Cancellation)).Restatements.Select(one => (one.Entry.Conversion, one.ClosedAt))];
}
