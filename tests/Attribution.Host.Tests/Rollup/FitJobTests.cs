using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Rollup;

/// <summary>The model-fitting job on a real store: when it creates a fit, and the first day of the fit.</summary>
public sealed class FitJobTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Today = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();
    private readonly IdGenerator ids = new(TimeProvider.System);
    private SqliteStore store = null!;
    private CatalogCache catalogs = null!;
    private int people;
    private int runs;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("store.db") }, Cancellation);
        catalogs = new(store.Catalog);
        ICatalogItem[] items =
        [
            new CampaignItem("spring", "Spring"),
            .. new[] { "mia", "tom" }.SelectMany(name => (ICatalogItem[])[new CreatorItem(name, name), new LinkItem(name, name, "https://shop.example/", "spring", name)]),
        ];
        var puts = items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item)).ToArray();
        (await store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 0, Puts = puts, At = new Timestamp(0) }, Cancellation)).ShouldBeTrue();
        await catalogs.RefreshAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        catalogs.Dispose();
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Below_the_minimum_there_is_no_fit_and_a_reason()
    {
        await BuyAsync("mia tom", day: -3, times: 9);
        await RunAsync();
        (await FitsAsync()).ShouldBeEmpty();
        (await store.Jobs.ReadLastFitAttemptAsync("default", Cancellation))!.Refusal.ShouldBe("Too few converting paths: 9 with 2 placements; a fit requires 10 with 2 placements");
        (await store.Jobs.ReadLastJobRunAsync(FitModelsJob.Name, Cancellation)).ShouldNotBeNull();

        await BuyAsync("mia", day: -3, times: 1);
        await RunAsync();
        (await FitsAsync()).ShouldHaveSingleItem();
        (await store.Jobs.ReadLastFitAttemptAsync("default", Cancellation))!.Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Night_fitted_by_another_process_is_not_fitted_again()
    {
        await BuyAsync("mia tom", day: -3, times: 10);
        await store.Jobs.RecordJobRunAsync(FitModelsJob.Name, Timestamp.From(Today.AddMinutes(1)), Cancellation);
        await RunAsync();
        (await FitsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Paths_over_a_single_placement_are_never_enough()
    {
        await BuyAsync("mia", day: -3, times: 50);
        await WalkAsync("tom", day: -3, times: 50);
        await RunAsync();
        (await FitsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task First_fit_credits_its_whole_window_including_closed_days()
    {
        await store.Rollups.CloseDaysAsync("default", Day(-3), new Timestamp(0), Cancellation);
        await BuyAsync("mia tom", day: -29, times: 12);
        await BuyAsync("mia tom", day: -31, times: 5); // Before the window.
        await WalkAsync("tom", day: -2, times: 3);
        await RunAsync();

        var fit = (await FitsAsync()).ShouldHaveSingleItem();
        (fit.Number, fit.From, fit.WindowFrom, fit.WindowTo, fit.Order).ShouldBe((1, Day(-30), Day(-30), Day(0), 1));
        (fit.Conversions, fit.NonConverting).ShouldBe((12, 3));
        fit.Values.Select(value => (value.Placement.Creator, value.Paths, value.Conversions, value.Shapley)).ShouldBe([("mia", 12, 12, 6_000_000), ("tom", 15, 12, 6_000_000)]);
        // 12 of 15 paths begin at mia, and all continue to tom; 12 of tom's 15 convert. Without mia only the 3 of 15
        // that begin at tom can convert; without tom none.
        fit.Values.Select(value => value.Effect).ShouldBe([800_000_000_000, Fit.EffectScale]);
    }

    [Fact]
    public async Task Later_fit_begins_at_the_first_open_day_and_is_not_repeated()
    {
        await store.Rollups.CloseDaysAsync("default", Day(-3), new Timestamp(0), Cancellation);
        await BuyAsync("mia tom", day: -5, times: 12);
        await RunAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => RunAsync(TimeSpan.FromMilliseconds(200)), "affected journeys do not use the first fit yet");
        await ReevaluateAsync();
        await RunAsync();
        (await FitsAsync()).Count.ShouldBe(1);

        await BuyAsync("tom", day: -1, times: 1);
        await RunAsync();

        (await FitsAsync()).Select(fit => (fit.Number, fit.From)).ShouldBe([(1, Day(-30)), (2, Day(-2))]);
    }

    [Fact]
    public async Task Journeys_on_days_before_a_later_fit_are_not_reevaluated()
    {
        await store.Rollups.CloseDaysAsync("default", Day(-3), new Timestamp(0), Cancellation);
        await BuyAsync("mia tom", day: -5, times: 12);
        await RunAsync();
        (await ReevaluateAsync()).ShouldBe(12);
        await BuyAsync("tom mia", day: -1, times: 2);
        await RunAsync();
        (await ReevaluateAsync()).ShouldBe(2);

        var fits = new Dictionary<DateOnly, int>();
        await store.Reconciliation.ReadForReconciliationAsync(
            journey => fits[journey.Conversions[0].Day] = journey.Conversions[0].FitNumber, Cancellation);
        fits.ShouldBe(new Dictionary<DateOnly, int> { [Day(-5)] = 1, [Day(-1)] = 2 });
    }

    private static DateOnly Day(int day) => DateOnly.FromDateTime(Today.UtcDateTime).AddDays(day);

    private Task BuyAsync(string path, int day, int times) => CommitAsync(path, day, times, buys: true);

    private Task WalkAsync(string path, int day, int times) => CommitAsync(path, day, times, buys: false);

    /// <summary>Adds visitors who follow these creators' links an hour apart and order or not.</summary>
    private async Task CommitAsync(string path, int day, int times, bool buys)
    {
        var batch = new JourneyPlanner(Nothing, catalogs.Current, ids.Next);
        for (; times > 0; times--)
        {
            var (person, at) = ($"v{++people}", Timestamp.From(Today.AddDays(day).AddHours(-6)));
            foreach (var (creator, i) in path.Split(' ').Select((creator, i) => (creator, i)))
                batch.Add(new Click { Id = new("t", $"{person} {i}"), Brand = "default", At = at + TimeSpan.FromHours(i), Slug = creator, VisitorId = person });
            if (!buys) continue;
            batch.Add(new ReportedConversion
            {
                Id = new("t", $"{person} order"), Brand = "default", At = at + TimeSpan.FromHours(5), Kind = ConversionKind.Order,
                ConversionId = person, Currency = "USD", Gross = 10_001, VisitorId = person,
            });
        }
        (await store.Journeys.CommitAsync(batch.ToCommit(new Timestamp(0)), Cancellation)).ShouldBe(CommitOutcome.Committed);
    }

    private async Task<int> ReevaluateAsync()
    {
        var catalog = await catalogs.RefreshAsync(Cancellation);
        var stale = await store.Journeys.FindStaleAsync(catalog.Contents, 1_000, Cancellation);
        var batch = new JourneyPlanner(Nothing with { Journeys = stale.ToDictionary(stored => stored.Journey.Id) }, catalog, ids.Next);
        batch.ReevaluateAll();
        (await store.Journeys.CommitAsync(batch.ToCommit(new Timestamp(0)), Cancellation)).ShouldBe(CommitOutcome.Committed);
        return stale.Count;
    }

    private async Task RunAsync(TimeSpan? atMost = null)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        if (atMost is { } within) ends.CancelAfter(within);
        var options = Options.Create(new RollupOptions { FitWindow = TimeSpan.FromDays(30), FitMinimumConversions = 10 });
        var clock = new FixedClock(Today.AddMinutes(++runs));
        using var lifetime = new TestApplicationLifetime();
        var lease = new RollupLease(store.Jobs, new HostSettings(new HashSet<Role> { Role.Rollup }, "0", folder.Path), clock, options, NullLogger<RollupLease>.Instance);
        var nightly = new NightlyJobRunner(store.Jobs, lease, clock, lifetime, options);
        await new FitModelsJob(store.Rollups, store.Reconciliation, store.Jobs, store.Journeys, store.Catalog, catalogs, nightly, clock, options, NullLogger<FitModelsJob>.Instance).RunAsync(Timestamp.From(clock.GetUtcNow()), ends.Token);
    }

    private async Task<List<Fit>> FitsAsync() => [.. (await store.Catalog.LoadCatalogAsync(Cancellation)).Fits.Select(stored => stored.Fit)];

    private static JourneyLoad Nothing { get; } = new(ImmutableHashSet<Guid>.Empty, new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
