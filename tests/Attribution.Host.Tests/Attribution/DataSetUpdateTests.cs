using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Host.Attribution;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Storage.Catalog;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Runs;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Tests.Attribution;

/// <summary>
/// Stores whose days were cut with tzdb 2026d move to tzdb 2026f. Since 2026-11-01 it has Winnipeg at UTC-05:00 instead of
/// UTC-06:00, and Havana at UTC-04:00 instead of UTC-05:00; nothing changes in Casablanca, Edmonton and Berlin.
/// </summary>
public sealed class DataSetUpdateTests : IDisposable
{
    private static readonly (string Brand, string TimeZone)[] Brands =
    [
        ("winnipeg", "America/Winnipeg"), ("havana", "America/Havana"), ("casablanca", "Africa/Casablanca"), ("edmonton", "America/Edmonton"),
        ("berlin", "Europe/Berlin"),
    ];

    private static readonly DateTimeOffset FirstOrder = new(2026, 11, 9, 0, 30, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_orders_of_the_changed_hours_move()
    {
        var path = folder.File("store.db");
        var before = await CutWithOldZonesAsync(path);
        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        await process.RegisterAsync();
        (await process.ReconcileAsync()).ShouldBe(0);

        await process.MoveAsync();

        var moved = new List<string>();
        foreach (var (order, (day, version)) in before)
        {
            var (now, nowVersion) = await process.FindOrderAsync(order);
            if (now != day) moved.Add($"{order} {day:MM-dd} > {now:MM-dd}");
            // Everything else is not even written.
            nowVersion.ShouldBe(now == day ? version : version + 1, order);
        }

        moved.ShouldBe(
        [
            "havana-11-09T04 11-08 > 11-09", "havana-11-10T04 11-09 > 11-10",
            "winnipeg-11-09T05 11-08 > 11-09", "winnipeg-11-10T05 11-09 > 11-10",
        ]);
        (await process.ReconcileAsync()).ShouldBe(0);

        // The days of November 8 to 10 were closed before.
        (await process.DescribeLedgerAsync("winnipeg", "winnipeg-11-10T05")).ShouldBe(
            ["11-09 1000 conversion", "11-09 -1000 time_zones", "11-10 1000 time_zones"]);
        (await process.DescribeLedgerAsync("winnipeg", "winnipeg-11-10T06")).ShouldBe(["11-10 1000 conversion"]);
        (await process.DescribeLedgerAsync("berlin", "berlin-11-09T23")).ShouldBe(["11-10 1000 conversion"]);

        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.TimeZones, Cancellation))[^1];
        (set.Version, set.Outcome!.Journeys, set.Outcome.Orders, set.Outcome.SealedOrders).ShouldBe(("2026f", 4, 4, 0));
    }

    [Fact]
    public async Task Store_that_records_no_version_was_cut_with_2026d()
    {
        var path = folder.File("store.db");
        await CutWithOldZonesAsync(path);
        await using (var file = await Storage.Sqlite.Database.SqliteDatabase.OpenAsync(
            path, SqliteSchema.ApplicationId, SqliteSchema.Migrations, cancellation: Cancellation))
            await file.WriteAsync(session => session["DELETE FROM data_sets"].Run(), Cancellation);

        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        await process.RegisterAsync();
        await process.MoveAsync();
        (await process.FindOrderAsync("winnipeg-11-10T05")).Day.ShouldBe(new(2026, 11, 10));
    }

    [Fact]
    public async Task Processes_with_different_zones_cut_all_days_alike()
    {
        var path = folder.File("store.db");
        await using var older = await Process.OpenAsync(path, TimeZoneSet.Unrecorded);
        await older.PutBrandsAsync();
        await older.RegisterAsync();
        await using var newer = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        await newer.RegisterAsync();

        // Both know the same day of one minute, although the newer process has other time zones.
        await older.OrderAsync("winnipeg", "a", new(2026, 11, 10, 5, 30, 0, TimeSpan.Zero));
        await newer.MoveAsync();
        await newer.OrderAsync("winnipeg", "b", new(2026, 11, 10, 5, 30, 0, TimeSpan.Zero));
        (await DaysAsync("a", "b")).ShouldBe([new(2026, 11, 9), new(2026, 11, 9)]);

        // The older process stops; a commit that it had planned is refused, and planned again with the newer zones.
        await older.Store.Formats.RemoveProcessAsync(older.Id, Cancellation);
        await newer.RegisterAsync();
        await newer.Update.ContinueAsync(Cancellation);
        await older.OrderAsync("winnipeg", "c", new(2026, 11, 10, 5, 30, 0, TimeSpan.Zero));
        await newer.MoveAsync();
        (await DaysAsync("a", "b", "c")).ShouldAllBe(day => day == new DateOnly(2026, 11, 10));
        (await newer.ReconcileAsync()).ShouldBe(0);

        await Should.ThrowAsync<Storage.StoreUnusableException>(async () => await older.RegisterAsync());
        await Should.ThrowAsync<Storage.StoreUnusableException>(async () => await Process.OpenAsync(path, TimeZoneSet.Unrecorded));

        async Task<List<DateOnly>> DaysAsync(params string[] orders)
        {
            var days = new List<DateOnly>();
            foreach (var order in orders) days.Add((await newer.FindOrderAsync(order, "winnipeg")).Day);
            return days;
        }
    }

    [Fact]
    public async Task Killed_move_continues_and_moves_each_order_once()
    {
        var path = folder.File("store.db");
        await CutWithOldZonesAsync(path);
        await using (var killed = await Process.OpenAsync(path, TimeZoneSet.Bundled))
        {
            // Applied, marked and in part evaluated, but not recorded as complete.
            await killed.RegisterAsync();
            await killed.Update.ContinueAsync(Cancellation);
            (await killed.Attributor.ReevaluateAsync(1, Cancellation)).ShouldBe(1);
            await killed.Store.DataSets.CompleteDataSetAsync(DataSetKinds.TimeZones, TimeZoneSet.Unrecorded.Number, new(default, 0, 0, 0), Cancellation);
        }

        await using (var file = await Storage.Sqlite.Database.SqliteDatabase.OpenAsync(
            path, SqliteSchema.ApplicationId, SqliteSchema.Migrations, cancellation: Cancellation))
            await file.WriteAsync(session => session["UPDATE data_sets SET completed_at = NULL"].Run(), Cancellation);

        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        await process.RegisterAsync();
        await process.MoveAsync();
        foreach (var order in (string[])["havana-11-09T04", "havana-11-10T04", "winnipeg-11-09T05", "winnipeg-11-10T05"])
            (await process.DescribeLedgerAsync(order.Split('-')[0], order)).Count(line => line.EndsWith("time_zones", StringComparison.Ordinal)).ShouldBe(2, order);
        (await process.ReconcileAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Sealed_orders_keep_their_day_under_later_changes_too()
    {
        var path = folder.File("store.db");
        await CutWithOldZonesAsync(path);
        // 430 days later, orders of November 9 are beyond Ingest:Horizon and Attribute:SealAfter; those of November 10 are not.
        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled, new(2028, 1, 14, 0, 0, 0, TimeSpan.Zero));
        await process.RegisterAsync();
        await process.MoveAsync();
        await process.PutAsync(new CreatorItem("zoe", "Zoe"));
        await process.MoveAsync();

        (await process.FindOrderAsync("winnipeg-11-09T05")).Day.ShouldBe(new(2026, 11, 8));
        (await process.FindOrderAsync("winnipeg-11-10T05")).Day.ShouldBe(new(2026, 11, 10));
        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.TimeZones, Cancellation))[^1];
        (set.Outcome!.Orders, set.Outcome.SealedOrders).ShouldBe((2, 2));
        (await process.ReconcileAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Fixed_rates_apply_once_every_process_knows_them()
    {
        var path = folder.File("store.db");
        await using (var older = await Process.OpenAsync(path, TimeZoneSet.Bundled, currencies: Currency.UnrecordedListNumber))
        {
            await older.PutBrandsAsync("EUR");
            await older.PutAsync(new CostItem("fee", "of-berlin", "fee", "BGN", 195.58m, "mia", On: new(2026, 11, 9)));
            await older.RegisterAsync();
            await older.OrderAsync("berlin", "1", FirstOrder, "BGN");
            await older.OrderAsync("berlin", "2", FirstOrder, "EUR");
            (await older.DescribeLedgerAsync("berlin", "1")).ShouldBe(["11-09 0 conversion"]);
            await older.Store.Formats.RemoveProcessAsync(older.Id, Cancellation);
        }

        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        (await process.Store.Catalog.LoadCatalogAsync(Cancellation)).FixedRatesVersion.ShouldBeNull();
        await process.RegisterAsync();
        await process.MoveAsync();

        (await process.DescribeLedgerAsync("berlin", "1")).ShouldBe(["11-09 0 conversion", "11-09 511 currencies"]);
        (await process.DescribeLedgerAsync("berlin", "2")).ShouldBe(["11-09 1000 conversion"]);
        (await process.ReconcileAsync()).ShouldBe(0, "the cost has moved as well");
        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.Currencies, Cancellation))[^1];
        (set.Version, set.Outcome!.Journeys, set.Outcome.Orders).ShouldBe(("2026-01-01", 1, 1));
        (await Should.ThrowAsync<Storage.StoreUnusableException>(
            async () => await Process.OpenAsync(path, TimeZoneSet.Bundled, currencies: Currency.UnrecordedListNumber)))
            .Message.ShouldBe(
                "This store uses the list of currencies of 2026-01-01; this process has that of 2024-06-25. Start the newer version of Attribution that "
                + "the other processes run.");
    }

    [Fact]
    public async Task Order_in_a_currency_that_an_older_process_does_not_know_waits()
    {
        var path = folder.File("store.db");
        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled);
        await process.PutBrandsAsync("EUR");
        await process.Store.Formats.RegisterProcessAsync(
            new("old", "1.0.0", FormatVersions.Newest.With(DataSetKinds.Currencies, Currency.UnrecordedListNumber), process.Now + TimeSpan.FromMinutes(5)),
            process.Now, Cancellation);

        await process.OrderAsync("berlin", "1", FirstOrder, "BGN");
        var refusal = await Should.ThrowAsync<FormatNotAgreedException>(() => process.OrderAsync("berlin", "2", FirstOrder, "HRK"));
        refusal.Message.ShouldStartWith("The currencies of 2026-01-01 are required, but a live process does not have them: old (1.0.0, lease until ");

        await process.Store.Formats.RemoveProcessAsync("old", Cancellation);
        await process.OrderAsync("berlin", "2", FirstOrder, "HRK");
        (await process.DescribeLedgerAsync("berlin", "2")).ShouldBe(["11-09 133 conversion"]);
    }

    [Fact]
    public async Task Newer_bot_rules_label_history_again_once_every_process_has_them()
    {
        var path = folder.File("store.db");
        var newer = BotRules.Parse("""{"version":"2026-12-24","groups":[{"origin":"o","licence":"l","bots":["prober"]}]}"""u8);
        await using (var older = await Process.OpenAsync(path, TimeZoneSet.Bundled))
        {
            await older.PutBrandsAsync();
            await older.RegisterAsync();
            foreach (var visitor in (string[])["a", "b"])
            {
                await older.ClickAsync("berlin", visitor, FirstOrder.AddHours(-1), visitor == "a" ? "Mozilla/5.0 (Windows NT 10.0) Prober/1.0" : null);
                await older.OrderOfVisitorAsync("berlin", visitor, FirstOrder);
            }

            await using var later = await Process.OpenAsync(path, TimeZoneSet.Bundled, bots: newer);
            await later.RegisterAsync();
            await later.MoveAsync();
            (await older.DescribeLedgerAsync("berlin", "of-a")).ShouldBe(["11-09 1000 conversion"], "the older process is still alive");
            await later.ClickAsync("berlin", "c", FirstOrder.AddHours(-1), "Mozilla/5.0 (Windows NT 10.0) Prober/1.0");
            await later.OrderOfVisitorAsync("berlin", "c", FirstOrder);
            (await later.DescribeLedgerAsync("berlin", "of-c")).ShouldBe(["11-09 1000 conversion"], "both label by the older rules");
            await later.FoldAsync();
            await older.Store.Formats.RemoveProcessAsync(older.Id, Cancellation);
            await later.Store.Formats.RemoveProcessAsync(later.Id, Cancellation);
        }

        await using var process = await Process.OpenAsync(path, TimeZoneSet.Bundled, bots: newer);
        await process.RegisterAsync();
        await process.MoveAsync();

        (await process.DescribeLedgerAsync("berlin", "of-a")).ShouldBe(["11-09 1000 conversion", "11-09 -1000 bot_rules"]);
        (await process.DescribeLedgerAsync("berlin", "of-b")).ShouldBe(["11-09 1000 conversion"]);
        (await process.DescribeLedgerAsync("berlin", "of-c")).ShouldBe(["11-09 1000 conversion", "11-09 -1000 bot_rules"]);
        (await process.ReconcileAsync()).ShouldBe(0);
        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.BotRules, Cancellation))[^1];
        (set.Version, set.Outcome!.Journeys, set.Outcome.Orders).ShouldBe(("2026-12-24", 2, 2));

        // New events are labeled by them as well, and a process without them does not start.
        await process.ClickAsync("berlin", "d", FirstOrder.AddHours(-1), "Mozilla/5.0 (Windows NT 10.0) Prober/1.0");
        await process.OrderOfVisitorAsync("berlin", "d", FirstOrder);
        (await process.DescribeLedgerAsync("berlin", "of-d")).ShouldBeEmpty();
        (await Should.ThrowAsync<Storage.StoreUnusableException>(async () => await Process.OpenAsync(path, TimeZoneSet.Bundled))).Message.ShouldBe(
            $"This store uses the bot rules of 2026-12-24; this process has those of {BotRules.Default.Version}. Start the newer version of Attribution that the other "
            + "processes run, or specify a file of 2026-12-24 or later: Reference:BotRules=<file>.json.");
    }

    /// <summary>Cuts hourly orders of two days of every brand with tzdb 2026d, closes the days, and stops.</summary>
    /// <returns>Day and stored version by order.</returns>
    private static async Task<SortedDictionary<string, (DateOnly Day, long Version)>> CutWithOldZonesAsync(string path)
    {
        await using var process = await Process.OpenAsync(path, TimeZoneSet.Unrecorded);
        await process.PutBrandsAsync();
        await process.RegisterAsync();
        var orders = new SortedDictionary<string, (DateOnly, long)>(StringComparer.Ordinal);
        foreach (var (brand, _) in Brands)
        {
            for (var hour = 0; hour < 48; hour++)
            {
                var at = FirstOrder.AddHours(hour);
                var order = brand + at.ToString("-MM-dd'T'HH", CultureInfo.InvariantCulture);
                await process.OrderAsync(brand, order, at);
                orders[order] = await process.FindOrderAsync(order);
            }

            await process.FoldAsync();
            await process.Store.Rollups.CloseDaysAsync(brand, new(2026, 11, 20), process.Now, Cancellation);
        }

        await process.Store.Formats.RemoveProcessAsync(process.Id, Cancellation);
        return orders;
    }

    /// <summary>The parts of a process that cut days, with a clock that stands still.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly Clock clock;
        private readonly CatalogCache catalogs;
        private readonly FormatVersions known;
        private readonly IdGenerator ids;

        private Process(SqliteStore store, FormatVersions known, DateTimeOffset now)
        {
            (Store, this.known, clock) = (store, known, new Clock(now));
            (catalogs, ids) = (new CatalogCache(store.Catalog), new IdGenerator(TimeProvider.System));
            var (options, acceptance) = (Options.Create(new AttributionOptions()), Options.Create(new AcceptanceOptions()));
            Attributor = new(
                store.Journeys, catalogs, ids, clock, metrics: null, options, acceptance, new CustomBotRules(null), keys: null, NullLogger<Attributor>.Instance);
            var relabeling = new BotRelabeling(store.Journeys, catalogs, ids, clock, options, acceptance);
            Update = new(store.Formats, store.DataSets, store.Journeys, relabeling, catalogs, clock, options, acceptance, NullLogger<DataSetUpdate>.Instance);
        }

        public string Id { get; } = Guid.NewGuid().ToString("N");

        public SqliteStore Store { get; }

        public Attributor Attributor { get; }

        public DataSetUpdate Update { get; }

        public Timestamp Now => Timestamp.From(clock.GetUtcNow());

        public static async Task<Process> OpenAsync(
            string path, TimeZoneSet zones, DateTimeOffset? now = null, int currencies = Currency.ListNumber, BotRules? bots = null)
        {
            var known = FormatVersions.Newest.With(DataSetKinds.TimeZones, zones.Number).With(DataSetKinds.Currencies, currencies)
                .With(DataSetKinds.BotRules, (bots ?? BotRules.Default).Number!.Value);
            var options = new SqliteStoreOptions
            {
                Path = path, Formats = known, TimeZones = zones, Currencies = currencies, BotRules = bots ?? BotRules.Default, Database = new() { Synchronous = Storage.Sqlite.Database.SqliteSynchronous.Normal },
            };
            var process = new Process(await SqliteStore.OpenAsync(options, Cancellation), known, now ?? new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero));
            await process.catalogs.RefreshAsync(Cancellation);
            return process;
        }

        public async Task RegisterAsync() =>
            await Store.Formats.RegisterProcessAsync(new(Id, "1.0.0", known, Now + TimeSpan.FromMinutes(5)), Now, Cancellation);

        public Task PutBrandsAsync(string currency = "USD") => PutAsync(
        [
            new CreatorItem("mia", "Mia"),
            .. Brands.Select(brand => new BrandItem(brand.Brand, brand.Brand, currency, brand.TimeZone)),
            .. Brands.Select(brand => new CampaignItem($"of-{brand.Brand}", "Spring", brand.Brand)),
            .. Brands.Select(brand => new LinkItem($"link-{brand.Brand}", $"link-{brand.Brand}", "https://shop.example/", $"of-{brand.Brand}", "mia")),
            .. Brands.Select(brand => new CodeItem($"code-{brand.Brand}", "MIA", $"of-{brand.Brand}", "mia")),
        ]);

        public async Task PutAsync(params ICatalogItem[] items)
        {
            var before = catalogs.Current;
            var costs = CostMeasures.Calculate(CatalogSnapshot.Create(
                before.Contents with { Items = before.Contents.Items.SetItems(items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))) }));
            costs.Add(CostMeasures.Calculate(before), -1);
            var change = new CatalogChange
            {
                ExpectedVersion = before.Version, At = Now, Deltas = costs, Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))],
            };
            (await Store.Catalog.WriteChangeAsync(change, Cancellation)).ShouldBeTrue();
            await catalogs.RefreshAsync(Cancellation);
        }

        /// <summary>Attributes an order of a visitor of its own, with a code.</summary>
        public Task OrderAsync(string brand, string order, DateTimeOffset at, string currency = "USD")
        {
            var json = new JsonObject
            {
                ["type"] = "redemption", ["id"] = order, ["occurredAt"] = at, ["orderId"] = order, ["codes"] = new JsonArray("MIA"),
                ["currency"] = currency, ["gross"] = "10.00",
            };
            return AttributeAsync(brand, json);
        }

        private Task AttributeAsync(string brand, JsonObject json) => Attributor.AttributeAsync(
            [
                new EventPack
                {
                    PackId = ids.Next(), Schema = EventPack.CurrentSchema, Source = "shop", BrandId = brand, ReceivedAt = clock.GetUtcNow(),
                    Events = [Encoding.UTF8.GetBytes(json.ToJsonString())],
                },
            ],
            Cancellation);

        /// <summary>Attributes a click of a visitor on the link of the brand.</summary>
        public Task ClickAsync(string brand, string visitor, DateTimeOffset at, string? userAgent) => AttributeAsync(brand, new JsonObject
        {
            ["type"] = "click", ["id"] = $"click-{visitor}", ["occurredAt"] = at, ["link"] = $"link-{brand}", ["visitorId"] = visitor,
            ["userAgent"] = userAgent,
        });

        /// <summary>Attributes an order of a visitor.</summary>
        public Task OrderOfVisitorAsync(string brand, string visitor, DateTimeOffset at) => AttributeAsync(brand, new JsonObject
        {
            ["type"] = "conversion", ["id"] = $"order-{visitor}", ["occurredAt"] = at, ["kind"] = "order", ["orderId"] = $"of-{visitor}",
            ["currency"] = "USD", ["gross"] = "10.00", ["visitorId"] = visitor,
        });

        /// <summary>Applies newer time zones if all processes have them, evaluates what they reach, and folds.</summary>
        public async Task MoveAsync()
        {
            await Update.ContinueAsync(Cancellation);
            while (await Attributor.ReevaluateAsync(3, Cancellation) > 0)
            {
            }

            await FoldAsync();
        }

        public async Task FoldAsync()
        {
            while (await Store.Rollups.FoldAsync(100, () => Now, Cancellation) > 0)
            {
            }
        }

        public async Task<(DateOnly Day, long Version)> FindOrderAsync(string order, string? brand = null)
        {
            var stored = (await Store.Journeys.FindByAliasAsync(new AliasKey(brand ?? order.Split('-')[0], $"o:{order}"), Cancellation))!;
            return (stored.Journey.Conversions.Single().Day, stored.Version);
        }

        public async Task<List<string>> DescribeLedgerAsync(string brand, string order) =>
            (await Store.Ledger.ReadLedgerAsync(brand, $"o:{order}", Cancellation))
                .Select(line => $"{line.OrderDay:MM-dd} {line.Amount} {JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Reason.ToString())}")
                .ToList();

        public async Task<int> ReconcileAsync()
        {
            await using var services = new ServiceCollection().AddMetrics().AddSingleton<RollupMetrics>().BuildServiceProvider();
            var answer = await new ReconcileRun(
                Store.Reconciliation, Store.Jobs, Store.Journeys, Store.Agreements, catalogs, clock, services.GetRequiredService<RollupMetrics>(),
                NullLogger<ReconcileRun>.Instance)
                .RunAsync(new RunDocument { Id = Guid.Empty, Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default }, new RunProgress(), Cancellation);
            return (int)JsonNode.Parse(answer)!["mismatches"]!;
        }

        public ValueTask DisposeAsync()
        {
            catalogs.Dispose();
            return Store.DisposeAsync();
        }
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
