using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;
using Shouldly;
using Xunit;

namespace Attribution.TestKit.Storage;

/// <summary>
/// The conformance suite: what the ports require of every store. A store implements <see cref="OpenAsync"/>.
/// </summary>
public abstract partial class StoreConformance
{
    protected const string Brand = "default";
    protected static readonly Timestamp Now = new(1_772_445_600_000);

    private int idCount;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Opens the store with a name: an empty store for a new name, else the existing one.
    /// <paramref name="beforeStatement"/> is called before each statement of a write with its text, and after each
    /// commit; an exception from it must stop the write.
    /// </summary>
    protected abstract ValueTask<IStore> OpenAsync(string name, Action<string>? beforeStatement = null);

    /// <summary>Returns the minimum number of statements of a write of some rows.</summary>
    protected virtual int MinStatements(int rows) => rows;

    private ValueTask<IStore> OpenNewAsync() => OpenAsync(Guid.NewGuid().ToString("N"));

    // Time-ordered ids, as in production.
    private Guid NextId() =>
        new(
            0x0198a000,
            0,
            0x7000,
            [0x80, 0, 0, 0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(Interlocked.Increment(ref idCount)))]);

    private static AliasKey Alias(string text, string brand = Brand) => new(brand, text);

    private Journey NewJourney(string marks = "a", long catalogVersion = 0, string brand = Brand) => new()
    {
        Id = NextId(),
        Brand = brand,
        CatalogVersion = catalogVersion,
        Touches = [.. marks.Select(mark => new Touch { Id = new EventId("default", mark.ToString()), At = Now, Kind = TouchKind.Click, Slug = "mia", Day = new DateOnly(2026, 3, 2) })],
    };

    private static string Marks(Journey journey) => string.Concat(journey.Touches.Select(touch => touch.Id.Id));

    private static Journey Marked(Journey journey, char mark) =>
        journey with { Touches = journey.Touches.Add(journey.Touches[0] with { Id = new EventId("default", mark.ToString()) }) };

    private EventPack NewPack(string text = "{}", IReadOnlyList<RefusedEvent>? refused = null) => new()
    {
        PackId = NextId(),
        Schema = EventPack.CurrentSchema,
        Source = "shop",
        ReceivedAt = Now.ToDateTimeOffset(),
        Events = [System.Text.Encoding.UTF8.GetBytes(text)],
        Refused = refused,
    };

    private static RollupKey Key(
        int day = 2, string campaign = "spring", string creator = "mia", string brand = Brand) =>
        new(brand, new DateOnly(2026, 3, day), campaign, creator);

    private static MeasureSums Sums(params (RollupKey Key, long Clicks)[] clicks)
    {
        var sums = new MeasureSums();
        foreach (var (key, count) in clicks) sums.Add(key, Measure.Clicks, count);
        return sums;
    }

    private static LedgerEntry Entry(string conversion, long amount, string brand = Brand) => new()
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

    private RejectionDocument Rejection(string detail = "why", string brand = Brand, string? eventId = "e-1") => new()
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

    private static KeyValuePair<CatalogRef, ICatalogItem> Creator(string id, string name = "Mia") =>
        new(new CatalogRef(CatalogKind.Creators, id), new CreatorItem(id, name));

    private static async ValueTask WriteCatalogAsync(IStore store, params KeyValuePair<CatalogRef, ICatalogItem>[] puts)
    {
        var version = await store.Catalog.ReadCatalogVersionAsync(Cancellation);
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = version, Puts = puts, At = Now }, Cancellation)).ShouldBeTrue();
    }

    /// <summary>
    /// Commits documents encoded in advance, as the message consumers do. Rebuilds and other tests cover the other
    /// overload.
    /// </summary>
    private static ValueTask<CommitOutcome> CommitAsync(IStore store, JourneyCommit commit) =>
        store.Journeys.CommitAsync(EncodedCommit.Encode(commit), Cancellation);

    private static async ValueTask CommitSuccessfullyAsync(IStore store, JourneyCommit commit) =>
        (await CommitAsync(store, commit)).ShouldBe(CommitOutcome.Committed);

    /// <summary>Commits new journeys, each with an alias.</summary>
    private static ValueTask InsertJourneysAsync(IStore store, params (Journey Journey, string Alias)[] journeys) =>
        CommitSuccessfullyAsync(store, new JourneyCommit
    {
        CatalogVersion = long.MaxValue,
        At = Now,
        Journeys = [.. journeys.Select(pair => new StoredJourney(pair.Journey, 0))],
        Aliases = [.. journeys.Select(pair => KeyValuePair.Create(Alias(pair.Alias, pair.Journey.Brand), pair.Journey.Id))],
    });

    private static JourneyCommit Replace(Journey journey, long version, MeasureSums? deltas = null) => new()
    {
        CatalogVersion = long.MaxValue,
        At = Now,
        Journeys = [new StoredJourney(journey, version)],
        Deltas = deltas ?? new MeasureSums(),
    };

    private static ValueTask CommitDeltaAsync(IStore store, params (RollupKey Key, long Clicks)[] clicks) =>
        CommitSuccessfullyAsync(store, new JourneyCommit { CatalogVersion = long.MaxValue, At = Now, Deltas = Sums(clicks) });

    private static async ValueTask<StoredJourney> FindJourneyAsync(IStore store, string alias, string brand = Brand) =>
        (await store.Journeys.FindByAliasAsync(Alias(alias, brand), Cancellation)).ShouldNotBeNull();

    private static async ValueTask<ImmutableArray<(RollupKey Key, long Clicks)>> ReadRollupsAsync(
        IStore store, string brand = Brand, Timestamp? asOf = null)
    {
        var rows = ImmutableArray.CreateBuilder<(RollupKey, long)>();
        await foreach (var (key, cell) in (await store.Rollups.ReadRollupsAsync(brand, DateOnly.MinValue, DateOnly.MaxValue, asOf, Cancellation)).Cells) rows.Add((key, cell[Measure.Clicks]));
        return rows.ToImmutable();
    }

    private static async ValueTask<List<FoldManifestDocument>> ReadManifestsAsync(
        IStore store, string brand = Brand, Timestamp? after = null)
    {
        var manifests = new List<FoldManifestDocument>();
        await foreach (var manifest in store.Rollups.ReadManifestsAsync(brand, after, Cancellation)) manifests.Add(manifest);
        return manifests;
    }

    private static void ShouldBeSame(MeasureSums left, MeasureSums right)
    {
        var difference = new MeasureSums();
        difference.Add(left);
        difference.Add(right, -1);
        difference.DropZeros().Cells.Keys.ShouldBeEmpty();
    }

    private static async ValueTask ManifestsShouldSumToRollups(IStore store, params string[] brands)
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
}
