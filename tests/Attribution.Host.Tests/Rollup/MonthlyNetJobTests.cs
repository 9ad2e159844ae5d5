using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Events;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Rollup;

/// <summary>
/// The job that freezes monthly nets, on a real store: the time, the values, and that it happens once.
/// </summary>
public sealed class MonthlyNetJobTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Night = new(2026, 4, 3, 4, 17, 0, TimeSpan.Zero);
    private static readonly DateOnly LastOfMarch = new(2026, 3, 31);

    private readonly TempFolder folder = new();
    private SqliteStore store = null!;
    private int nights;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await OpenAsync("store.db");
        await BeginAsync(store);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Month_is_fixed_once_its_last_day_closed_and_costs_move_to_creators()
    {
        await store.Rollups.CloseDaysAsync("default", LastOfMarch.AddDays(-1), Now, Cancellation);
        await RunAsync();
        (await NetsAsync()).ShouldBeEmpty();
        (await CostsAsync()).ShouldBe(["03-30  10000", "03-31  10000", "04-01  10000"]);

        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        await RunAsync();

        // Net is gross minus discount and refunds under the reported model; zoe has a code but no sales, and out does
        // not participate.
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: ben 100.00, mia 300.00, zoe 0.00"]);
        await FoldAsync(store);
        (await CostsAsync()).ShouldBe(["03-30 ben 2500", "03-30 mia 7500", "03-31 ben 2500", "03-31 mia 7500", "04-01  10000"]);
        var told = (await store.Catalog.ReadHistoryAsync(new(CatalogKind.MonthlyNets, "spring.2026-03"), null, 10, Cancellation)).ShouldHaveSingleItem();
        (told.By, told.Item is null).ShouldBe((null, false));
        (await store.Catalog.LoadCatalogAsync(Cancellation)).JourneysVersion.ShouldBe(1, "it causes no reevaluation of journeys");
    }

    [Fact]
    public async Task Fixed_month_ignores_later_changes_until_it_is_deleted()
    {
        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        await RunAsync();
        await SellAsync(store, "ben", new(2026, 3, 9), 50_000, 0, 0);
        await FoldAsync(store);
        var version = await store.Catalog.ReadCatalogVersionAsync(Cancellation);
        await RunAsync();
        (await store.Catalog.ReadCatalogVersionAsync(Cancellation)).ShouldBe(version);
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: ben 100.00, mia 300.00, zoe 0.00"]);

        await WriteAsync(store, [], [new(CatalogKind.MonthlyNets, "spring.2026-03")]);
        await RunAsync();
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: ben 600.00, mia 300.00, zoe 0.00"]);
    }

    [Fact]
    public async Task Manual_entry_is_left_unchanged()
    {
        await WriteAsync(store, [new MonthlyNetItem("spring.2026-03", "spring", "2026-03", [new("zoe", 1)])]);
        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        await RunAsync();
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: zoe 1"]);
    }

    [Fact]
    public async Task All_due_months_are_fixed_in_one_night_despite_unshared_costs()
    {
        await WriteAsync(
            store,
            [
                new CampaignItem("alone", "Alone", CostSharing: "by_net"), new CostItem("a", "alone", "other", "USD", 1, On: new(2026, 1, 5)), new CampaignItem("even", "Even", CostSharing: "evenly"),
                new CostItem("e", "even", "other", "USD", 1, On: new(2026, 1, 5)), new CostItem("old", "spring", "other", "USD", 1, On: new(2026, 1, 31)),
                new BrandItem("kyoto", "Kyoto", "JPY"), new CampaignItem("sakura", "Sakura", "kyoto", CostSharing: "by_net"), new CostItem("k", "sakura", "other", "JPY", 100, On: new(2026, 3, 5)), new CodeItem("k", "K", "sakura", "zoe"),
            ]);
        foreach (var brand in (string[])["default", "kyoto"]) await store.Rollups.CloseDaysAsync(brand, LastOfMarch, Now, Cancellation);
        var sums = new MeasureSums();
        sums.Add(new("kyoto", new(2026, 3, 5), "sakura", "mia"), Model.LastTouch, CreditMeasure.Refunds, 70);
        await store.Reconciliation.AppendCorrectionAsync(sums, null, Now, Cancellation);
        await FoldAsync(store);
        await RunAsync();
        (await NetsAsync()).ShouldBe(
            ["sakura.2026-03 sakura 2026-03: mia -70, zoe 0", "spring.2026-01 spring 2026-01: mia 0.00, zoe 0.00", "spring.2026-03 spring 2026-03: ben 100.00, mia 300.00, zoe 0.00"]);
    }

    [Fact]
    public async Task Month_is_not_fixed_before_its_commits_are_folded()
    {
        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        await SellAsync(store, "ben", new(2026, 3, 9), 50_000, 0, 0);
        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(TimeSpan.FromMilliseconds(300)));
        (await NetsAsync()).ShouldBeEmpty();

        await FoldAsync(store);
        // Events that arrive during the run, which is constant under load, no longer delay it.
        await SellAsync(store, "mia", new(2026, 3, 9), 1, 0, 0, Timestamp.From(Night.AddMinutes(nights + 1).AddSeconds(1)));
        await RunAsync();
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: ben 600.00, mia 300.00, zoe 0.00"]);
    }

    [Fact]
    public async Task Month_is_not_fixed_while_journeys_are_reevaluated()
    {
        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        using var catalogs = new CatalogCache(store.Catalog);
        var nothing = new JourneyLoad(ImmutableHashSet<Guid>.Empty, new Dictionary<AliasKey, Guid>(), new Dictionary<Guid, StoredJourney>());
        var batch = new JourneyPlanner(nothing, await catalogs.RefreshAsync(Cancellation), new IdGenerator(TimeProvider.System).Next);
        batch.Add(new Click { Id = new("t", "1"), Brand = "default", At = Now, Slug = "zoe", VisitorId = "v" });
        (await store.Journeys.CommitAsync(batch.ToCommit(Now), Cancellation)).ShouldBe(CommitOutcome.Committed);
        await FoldAsync(store);
        await WriteAsync(store, [new CreatorItem("new", "New")]);
        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(TimeSpan.FromMilliseconds(300)));
        (await NetsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Concurrent_hosts_write_a_month_once()
    {
        await store.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync("store.db")));
        // The clocks differ by an hour: to each process the lease of the others has expired, and their run belongs to
        // another night.
        await Task.WhenAll(
            stores.Select((one, host) => Task.Run(() => RunAsync(one, Night.AddHours(host), Cancellation), Cancellation)));
        foreach (var one in stores) await one.DisposeAsync();
        (await NetsAsync()).ShouldBe(["spring.2026-03 spring 2026-03: ben 100.00, mia 300.00, zoe 0.00"]);
        (await store.Catalog.ReadHistoryAsync(new(CatalogKind.MonthlyNets, "spring.2026-03"), null, 10, Cancellation)).ShouldHaveSingleItem();
        await FoldAsync(store);
        (await CostsAsync()).ShouldBe(["03-30 ben 2500", "03-30 mia 7500", "03-31 ben 2500", "03-31 mia 7500", "04-01  10000"]);
    }

    [Fact]
    public async Task Run_after_a_kill_between_any_statements_yields_the_same_result()
    {
        for (var stop = 0; ; stop++)
        {
            var (name, armed, seen, stopped) = ($"{stop}.db", false, 0, false);
            await using (var faulty = await OpenAsync(name, _ =>
            {
                if (!armed || seen++ != stop) return;
                stopped = true;
                throw new TimeoutException();
            }))
            {
                await BeginAsync(faulty);
                await faulty.Rollups.CloseDaysAsync("default", LastOfMarch, Now, Cancellation);
                armed = true;
                try
                {
                    await RunAsync(faulty, Night, Cancellation);
                }
                catch (TimeoutException)
                {
                }
                armed = false;
            }

            await using var again = await OpenAsync(name);
            await RunAsync(again, Night.AddHours(1), Cancellation);
            await FoldAsync(again);
            (await NetsAsync(again)).ShouldBe(["spring.2026-03 spring 2026-03: ben 100.00, mia 300.00, zoe 0.00"], $"stopped at {stop}");
            (await CostsAsync(again)).ShouldBe(["03-30 ben 2500", "03-30 mia 7500", "03-31 ben 2500", "03-31 mia 7500", "04-01  10000"], $"stopped at {stop}");
            (await again.Catalog.ReadHistoryAsync(new(CatalogKind.MonthlyNets, "spring.2026-03"), null, 10, Cancellation)).ShouldHaveSingleItem();
            if (stopped) continue;
            stop.ShouldBeGreaterThan(8);
            return;
        }
    }

    private static Timestamp Now => Timestamp.From(Night.AddHours(-1));

    private async Task<SqliteStore> OpenAsync(string name, Action<string>? beforeStatement = null) => await SqliteStore.OpenAsync(
        new SqliteStoreOptions { Path = folder.File(name), Database = new SqliteDatabaseOptions { Synchronous = SqliteSynchronous.Normal, BeforeStatement = beforeStatement } }, Cancellation);

    /// <summary>
    /// Creates a campaign with costs of 300.00 over the last two days of March and the first of April, and the March
    /// sales of its creators.
    /// </summary>
    private static async Task BeginAsync(SqliteStore store)
    {
        await WriteAsync(
            store,
            [
                new CampaignItem("spring", "Spring", CostSharing: "by_net"), new CampaignItem("autumn", "Autumn"),
                .. new[] { "mia", "ben", "zoe", "out" }.Select(creator => new CreatorItem(creator, creator)),
                new CodeItem("mia", "MIA", "spring", "mia"), new LinkItem("zoe", "zoe", "https://shop.example/", "spring", "zoe"), new CodeItem("out", "OUT", "autumn", "out"),
                new CostItem("own", "spring", "production", "USD", 300, Recognition: "spread", From: new(2026, 3, 30), To: new(2026, 4, 1)),
            ]);
        await SellAsync(store, "mia", new(2026, 3, 1), 40_000, 5_000, 5_000);
        await SellAsync(store, "ben", LastOfMarch, 10_000, 0, 0); // by a code that belongs to another creator now: ben no longer participates
        await SellAsync(store, "ben", new(2026, 4, 1), 90_000, 0, 0);
        await SellAsync(store, "ben", new(2026, 2, 28), 90_000, 0, 0);
        var sums = new MeasureSums();
        sums.Add(new("default", new(2026, 3, 5), "spring", "zoe"), Model.FirstTouch, CreditMeasure.Gross, 90_000); // under a model other than the reported one
        sums.Add(new("default", new(2026, 3, 5), "autumn", "mia"), Model.LastTouch, CreditMeasure.Gross, 90_000);
        await store.Reconciliation.AppendCorrectionAsync(sums, null, Now, Cancellation);
        await FoldAsync(store);
    }

    private static async Task SellAsync(SqliteStore store, string creator, DateOnly day, long gross, long discount, long refunds, Timestamp? at = null)
    {
        var sums = new MeasureSums();
        foreach (var (measure, value) in new[] { (CreditMeasure.Gross, gross), (CreditMeasure.Discount, discount), (CreditMeasure.Refunds, refunds) })
            sums.Add(new("default", day, "spring", creator), Model.LastTouch, measure, value);
        await store.Reconciliation.AppendCorrectionAsync(sums, null, at ?? Now, Cancellation);
    }

    private static async Task WriteAsync(SqliteStore store, ICatalogItem[] items, CatalogRef[]? deletes = null)
    {
        var before = await store.Catalog.LoadCatalogAsync(Cancellation);
        var puts = items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item)).ToArray();
        var after = before with { Items = before.Items.RemoveRange(deletes ?? []).SetItems(puts) };
        var change = new CatalogChange { ExpectedVersion = before.Version, Puts = puts, Deletes = deletes ?? [], Deltas = CostMeasures.Between(CatalogSnapshot.Create(before), CatalogSnapshot.Create(after)), At = Now };
        (await store.Catalog.WriteChangeAsync(change, Cancellation)).ShouldBeTrue();
        await FoldAsync(store);
    }

    private static async Task FoldAsync(SqliteStore store)
    {
        while (await store.Rollups.FoldAsync(100, () => Now, Cancellation) > 0) { }
    }

    private async Task RunAsync(TimeSpan? atMost = null)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        if (atMost is { } within) ends.CancelAfter(within);
        await RunAsync(store, Night.AddMinutes(++nights), ends.Token);
    }

    private async Task RunAsync(SqliteStore at, DateTimeOffset now, CancellationToken cancellation)
    {
        var (clock, options) = (new FixedClock(now), Options.Create(new RollupOptions()));
        using var lifetime = new TestApplicationLifetime();
        using var catalogs = new CatalogCache(at.Catalog);
        var nightly = new NightlyJobRunner(at.Jobs, new RollupLease(at.Jobs, new HostSettings(new HashSet<Role> { Role.Rollup }, $"{now}", folder.Path), clock, options, NullLogger<RollupLease>.Instance), clock, lifetime, options);
        await new MonthlyNetJob(at.Rollups, at.Journeys, at.Catalog, catalogs, nightly, clock, NullLogger<MonthlyNetJob>.Instance).RunAsync(Timestamp.From(now), cancellation);
    }

    private async Task<List<string>> NetsAsync(SqliteStore? at = null) =>
    [
        .. (await (at ?? store).Catalog.LoadCatalogAsync(Cancellation)).Items.Values.OfType<MonthlyNetItem>().OrderBy(net => net.Id, StringComparer.Ordinal)
            .Select(net => $"{net.Id} {net.CampaignId} {net.Month}: {string.Join(", ", net.Creators.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.CreatorId} {each.Net}")))}"),
    ];

    private async Task<List<string>> CostsAsync(SqliteStore? at = null)
    {
        var costs = new List<string>();
        await foreach (var (key, cell) in (await (at ?? store).Rollups.ReadRollupsAsync("default", new(2026, 3, 1), new(2026, 4, 30), null, Cancellation)).Cells)
            if (cell[Measure.CostProduction] != 0) costs.Add(string.Create(CultureInfo.InvariantCulture, $"{key.Day:MM-dd} {key.Creator} {cell[Measure.CostProduction]}"));
        return costs;
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
