using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rollups;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Rollup;

/// <summary>Closing and reconciliation on a real store.</summary>
public sealed class NightlyJobsTests
{
    private static readonly RollupKey Key = new("default", new DateOnly(2026, 3, 2), "spring", "mia");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2026-03-31T21:59:59.999Z", "2026-03-28")]
    [InlineData("2026-03-31T22:00:00Z", "2026-03-29")]
    public void Day_closes_48_hours_after_its_local_end_even_with_23_hours(string now, string last) =>
        CloseDaysJob.GetLastClosableDay(BrandCalendar.ForTimeZone("Europe/Berlin")!, Timestamp.From(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)), TimeSpan.FromHours(48))
            .ShouldBe(DateOnly.Parse(last, CultureInfo.InvariantCulture));

    [Fact]
    public async Task Closed_days_are_stored_and_never_reopen()
    {
        await using var night = await NightlyFixture.BeginAsync();
        foreach (var after in new[] { TimeSpan.Zero, TimeSpan.FromDays(30) })
            await new CloseDaysJob(night.Store.Rollups, night.Lease, night.Catalogs, TimeProvider.System, Options.Create(new RollupOptions { CloseAfter = after })).RunAsync(Cancellation);

        (await night.Store.Rollups.ReadClosedThroughAsync("default", Cancellation)).ShouldBe(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-1));
    }

    [Fact]
    public async Task Consistent_rollups_are_left_unchanged()
    {
        await using var night = await NightlyFixture.BeginAsync();
        await night.ReconcileAsync();
        (await night.CostAsync()).ShouldBe(30_000);
        (await night.Store.Rollups.ReadBacklogAsync(Cancellation)).Count.ShouldBe(0);
        (await night.Store.Jobs.ReadLastJobRunAsync(RunNames.Reconcile, Cancellation)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Inconsistent_rollups_are_corrected_by_a_delta()
    {
        await using var night = await NightlyFixture.BeginAsync();
        var stray = new MeasureSums();
        stray.Add(Key, Measure.CostFee, 7);
        stray.Add(Key, Measure.Clicks, 3);
        await night.Store.Reconciliation.AppendCorrectionAsync(stray, null, new Timestamp(0), Cancellation);
        await night.FoldAsync();
        (await night.CostAsync()).ShouldBe(30_007);

        System.Text.Encoding.UTF8.GetString(await night.ReconcileAsync())
            .ShouldBe("""{"mismatches":1,"repaired":[{"brandId":"default","day":"2026-03-02","campaignId":"spring","creatorId":"mia"}],"agreements":[],"sums":0}""");
        await night.FoldAsync();

        (await night.CostAsync()).ShouldBe(30_000);
    }

    [Theory]
    [InlineData("UPDATE rollup_campaigns SET cell = (SELECT cell FROM rollup_campaigns WHERE campaign <> 'spring') WHERE campaign = 'spring'", 1)]
    [InlineData("DELETE FROM rollup_campaigns", 2)]
    [InlineData("DELETE FROM rollup_fortnights WHERE campaign = 'spring'", 1)]
    [InlineData("UPDATE rollup_fortnights SET cell = (SELECT cell FROM rollup_fortnights WHERE campaign <> 'spring')", 1)]
    [InlineData("INSERT OR REPLACE INTO rollup_fortnights SELECT brand, day + 14, campaign, creator, cell FROM rollup_fortnights", 2)]
    [InlineData("DELETE FROM rollup_seasons WHERE campaign = 'spring'", 1)]
    [InlineData("INSERT OR REPLACE INTO rollup_seasons SELECT brand, day + 84, campaign, creator, cell FROM rollup_seasons", 2)]
    [InlineData("INSERT OR REPLACE INTO rollup_campaigns SELECT brand, day + 1, campaign, creator, cell FROM rollup_campaigns WHERE campaign = 'spring'", 1)]
    public async Task Inconsistent_sums_are_detected_and_corrected(string breaks, int broken)
    {
        await using var night = await NightlyFixture.BeginAsync();
        var sums = new MeasureSums();
        sums.Add(new RollupKey("default", Key.Day, "autumn", ""), Measure.CostFee, 5);
        await night.Store.Reconciliation.AppendCorrectionAsync(sums, null, new Timestamp(0), Cancellation);
        await night.FoldAsync();
        (await night.Store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(0);
        var right = await night.SumsAsync();

        await night.BreakAsync(breaks);
        (await night.SumsAsync()).ShouldNotBe(right);
        (await night.Store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(broken);
        (await night.SumsAsync()).ShouldBe(right);
        (await night.Store.Reconciliation.RepairSumsAsync(Cancellation)).ShouldBe(0);

        // The nightly job does the same.
        await night.BreakAsync(breaks);
        System.Text.Encoding.UTF8.GetString(await night.ReconcileAsync()).ShouldEndWith($"\"sums\":{broken}}}");
    }

    [Theory]
    [InlineData("UPDATE rollups SET cell = X'FFFFFF' WHERE brand = 'beta'")]
    [InlineData("INSERT INTO deltas (brand, at, sums) VALUES ('beta', 0, X'FFFFFF')")]
    [InlineData("UPDATE rollup_seasons SET cell = X'FFFFFF' WHERE brand = 'beta'")]
    public async Task Damaged_data_of_one_brand_does_not_keep_others_from_reconciliation(string breaks)
    {
        await using var night = await NightlyFixture.BeginAsync();
        var stray = new MeasureSums();
        stray.Add(Key, Measure.CostFee, 7);
        stray.Add(Key with { Brand = "beta" }, Measure.Clicks, 3);
        await night.Store.Reconciliation.AppendCorrectionAsync(stray, null, new Timestamp(0), Cancellation);
        await night.FoldAsync();
        await night.BreakAsync(breaks);

        var refused = await Should.ThrowAsync<RunRefusedException>(night.ReconcileAsync);
        refused.Message.ShouldStartWith("Brands that could not be reconciled: beta.");
        await night.BreakAsync("DELETE FROM deltas WHERE brand = 'beta'");
        await night.FoldAsync();
        var reading = await night.Store.Rollups.ReadRollupsAsync("default", Key.Day, Key.Day, null, Cancellation);
        (await reading.Cells.FirstAsync(cell => cell.Key == Key, Cancellation)).Value[Measure.CostFee].ShouldBe(30_000);
    }

    [Fact]
    public async Task Nightly_run_requests_one_reconciliation_unless_it_was_done()
    {
        await using var night = await NightlyFixture.BeginAsync();
        var job = new ReconcileJob(night.Store.Jobs, night.Store.Runs, new IdGenerator(TimeProvider.System), TimeProvider.System);
        for (var i = 0; i < 3; i++) await job.RunAsync(new Timestamp(10), Cancellation);

        (await night.Store.Runs.ListUnfinishedRunsAsync(RunNames.Reconcile, Cancellation)).ShouldHaveSingleItem();

        await using var another = await NightlyFixture.BeginAsync();
        await another.Store.Jobs.RecordJobRunAsync(RunNames.Reconcile, new Timestamp(10), Cancellation);
        await new ReconcileJob(another.Store.Jobs, another.Store.Runs, new IdGenerator(TimeProvider.System), TimeProvider.System).RunAsync(new Timestamp(10), Cancellation);
        (await another.Store.Runs.ListUnfinishedRunsAsync(RunNames.Reconcile, Cancellation)).ShouldBeEmpty();
    }

    /// <summary>Creates a store with one cost, folded.</summary>
    private sealed class NightlyFixture(TempFolder folder, SqliteStore store) : IAsyncDisposable
    {
        private readonly ServiceProvider services = new ServiceCollection().AddMetrics().AddSingleton<RollupMetrics>().BuildServiceProvider();

        public SqliteStore Store => store;

        public CatalogCache Catalogs { get; } = new(store.Catalog);

        public RollupLease Lease { get; } = new(store.Jobs, new HostSettings(new HashSet<Role> { Role.Rollup }, "0", folder.Path), TimeProvider.System, Options.Create(new RollupOptions()), NullLogger<RollupLease>.Instance);

        public static async Task<NightlyFixture> BeginAsync()
        {
            var folder = new TempFolder();
            var night = new NightlyFixture(folder, await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(folder.Path, "store.db") }, Cancellation));
            KeyValuePair<CatalogRef, ICatalogItem>[] items =
            [
                new(new(CatalogKind.Creators, "mia"), new CreatorItem("mia", "Mia")), new(new(CatalogKind.Campaigns, "spring"), new CampaignItem("spring", "Spring")),
                new(new(CatalogKind.Costs, "fee"), new CostItem("fee", "spring", "fee", "USD", 300m, "mia", On: Key.Day)),
            ];
            var contents = await night.Store.Catalog.LoadCatalogAsync(Cancellation);
            var costs = CostMeasures.Calculate(CatalogSnapshot.Create(contents with { Items = contents.Items.AddRange(items) }));
            (await night.Store.Catalog.WriteChangeAsync(new CatalogChange { ExpectedVersion = 0, Puts = items, Deltas = costs, At = new Timestamp(0) }, Cancellation)).ShouldBeTrue();
            await night.Catalogs.RefreshAsync(Cancellation);
            await night.FoldAsync();
            return night;
        }

        /// <summary>
        /// Stored sums that answer queries over several rollups: a campaign's day, and 14 and 84 days of a placement.
        /// </summary>
        public async Task<string> SumsAsync()
        {
            var (from, season) = (RollupFortnight.FirstDayOf(Key.Day), DateOnly.FromDayNumber(Key.Day.DayNumber / 84 * 84));
            RollupSumQuery[] questions =
            [
                new() { Grain = RollupGrain.Campaigns, From = from, To = from.AddDays(27) }, new() { Grain = RollupGrain.Periods, From = from, To = from.AddDays(27) },
                new() { Grain = RollupGrain.Periods, From = season, To = season.AddDays(167) },
            ];
            var told = new List<string>();
            foreach (var reading in await store.Rollups.SumRollupsAsync("default", questions, null, Cancellation))
                await foreach (var (key, cell) in reading.Cells)
                    told.Add($"{key.Day:O} {key.Campaign} {key.Creator} {string.Join(' ', Enumerable.Range(0, MeasureCell.Length).Select(i => cell[i]))}");
            return string.Join('\n', told);
        }

        public async Task BreakAsync(string statement)
        {
            await using var database = await SqliteDatabase.OpenAsync(Path.Combine(folder.Path, "store.db"), SqliteSchema.ApplicationId, SqliteSchema.Migrations, cancellation: Cancellation);
            await database.WriteAsync(session => session[statement].Run(), Cancellation);
        }

        public async Task FoldAsync() =>
            await new FoldJob(store.Rollups, Lease, TimeProvider.System, services.GetRequiredService<RollupMetrics>(), Options.Create(new RollupOptions())).RunAsync(Cancellation);

        public async Task<byte[]> ReconcileAsync() =>
            await new ReconcileRun(store.Reconciliation, store.Jobs, store.Journeys, store.Agreements, Catalogs, TimeProvider.System, services.GetRequiredService<RollupMetrics>(),
                    new DataLossLog(new HostSettings(new HashSet<Role> { Role.Rollup }, "0", folder.Path)), NullLogger<ReconcileRun>.Instance)
                .RunAsync(new RunDocument { Id = Guid.Empty, Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default }, new RunProgress(), Cancellation);

        public async Task<long> CostAsync()
        {
            var (sums, _, _) = await store.Reconciliation.ReadForReconciliationAsync(_ => { }, Cancellation);
            return sums[Key][Measure.CostFee];
        }

        public async ValueTask DisposeAsync()
        {
            Catalogs.Dispose();
            await services.DisposeAsync();
            await store.DisposeAsync();
            folder.Dispose();
        }
    }
}
