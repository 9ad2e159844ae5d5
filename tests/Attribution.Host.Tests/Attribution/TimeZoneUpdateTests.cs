using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Storage.DataSets;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>
/// Stores whose days were cut with tzdb 2026d move to tzdb 2026f. Since 2026-11-01 it has Winnipeg at UTC-05:00 instead of
/// UTC-06:00, and Havana at UTC-04:00 instead of UTC-05:00; nothing changes in Casablanca, Edmonton and Berlin.
/// </summary>
public sealed class TimeZoneUpdateTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_orders_of_the_changed_hours_move()
    {
        var path = folder.File("store.db");
        var before = await CutWithOldZonesAsync(path);
        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
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

        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
        await process.RegisterAsync();
        await process.MoveAsync();
        (await process.FindOrderAsync("winnipeg-11-10T05")).Day.ShouldBe(new(2026, 11, 10));
    }

    [Fact]
    public async Task Processes_with_different_zones_cut_all_days_alike()
    {
        var path = folder.File("store.db");
        await using var older = await DataSetProcess.OpenAsync(path, TimeZoneSet.Unrecorded);
        await older.PutBrandsAsync();
        await older.RegisterAsync();
        await using var newer = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
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
        await Should.ThrowAsync<Storage.StoreUnusableException>(async () => await DataSetProcess.OpenAsync(path, TimeZoneSet.Unrecorded));

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
        await using (var killed = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled))
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

        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
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
        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, new(2028, 1, 14, 0, 0, 0, TimeSpan.Zero));
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

    /// <summary>Cuts hourly orders of two days of every brand with tzdb 2026d, closes the days, and stops.</summary>
    /// <returns>Day and stored version by order.</returns>
    private static async Task<SortedDictionary<string, (DateOnly Day, long Version)>> CutWithOldZonesAsync(string path)
    {
        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Unrecorded);
        await process.PutBrandsAsync();
        await process.RegisterAsync();
        var orders = new SortedDictionary<string, (DateOnly, long)>(StringComparer.Ordinal);
        foreach (var (brand, _) in DataSetProcess.Brands)
        {
            for (var hour = 0; hour < 48; hour++)
            {
                var at = DataSetProcess.FirstOrder.AddHours(hour);
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
}
