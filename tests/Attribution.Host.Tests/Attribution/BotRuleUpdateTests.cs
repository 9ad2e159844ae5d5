using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Storage.DataSets;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Attribution;

/// <summary>Stores whose events were labeled with bot rules move to newer ones.</summary>
public sealed class BotRuleUpdateTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Assistants_of_earlier_stores_are_bots_no_longer()
    {
        const string Agent = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot";
        var path = folder.File("store.db");
        await using (var older = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, bots: BotRules.Unrecorded))
        {
            await older.PutBrandsAsync();
            await older.PutAsync(new BrandItem("berlin", "Berlin", "USD", "Europe/Berlin", Assistants: "credited"));
            foreach (var brand in (string[])["berlin", "havana"])
            {
                await older.ClickAsync(brand, "a", DataSetProcess.FirstOrder.AddHours(-1), Agent);
                await older.OrderOfVisitorAsync(brand, "a", DataSetProcess.FirstOrder);
                (await older.DescribeLedgerAsync(brand, "of-a")).ShouldBeEmpty();
            }
        }

        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled);
        await process.RegisterAsync();
        await process.MoveAsync();

        (await process.DescribeLedgerAsync("berlin", "of-a")).ShouldBe(["11-09 1000 bot_rules"]);
        (await process.DescribeLedgerAsync("havana", "of-a")).ShouldBeEmpty("the brand does not credit assistants");
        var labeled = await process.Store.Journeys.FindByAliasAsync(new("havana", "v:a"), Cancellation);
        labeled!.Journey.Touches.Single().Label.ShouldBe(TouchLabel.Assistant);
        (await process.ReconcileAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Newer_bot_rules_label_history_again_once_every_process_has_them()
    {
        var path = folder.File("store.db");
        var newer = BotRules.Parse("""{"version":"2026-12-24","groups":[{"origin":"o","licence":"l","bots":["prober"]}]}"""u8);
        await using (var older = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled))
        {
            await older.PutBrandsAsync();
            await older.RegisterAsync();
            foreach (var visitor in (string[])["a", "b"])
            {
                await older.ClickAsync("berlin", visitor, DataSetProcess.FirstOrder.AddHours(-1), visitor == "a" ? "Mozilla/5.0 (Windows NT 10.0) Prober/1.0" : null);
                await older.OrderOfVisitorAsync("berlin", visitor, DataSetProcess.FirstOrder);
            }

            await using var later = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, bots: newer);
            await later.RegisterAsync();
            await later.MoveAsync();
            (await older.DescribeLedgerAsync("berlin", "of-a")).ShouldBe(["11-09 1000 conversion"], "the older process is still alive");
            await later.ClickAsync("berlin", "c", DataSetProcess.FirstOrder.AddHours(-1), "Mozilla/5.0 (Windows NT 10.0) Prober/1.0");
            await later.OrderOfVisitorAsync("berlin", "c", DataSetProcess.FirstOrder);
            (await later.DescribeLedgerAsync("berlin", "of-c")).ShouldBe(["11-09 1000 conversion"], "both label by the older rules");
            await later.FoldAsync();
            await older.Store.Formats.RemoveProcessAsync(older.Id, Cancellation);
            await later.Store.Formats.RemoveProcessAsync(later.Id, Cancellation);
        }

        await using var process = await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled, bots: newer);
        await process.RegisterAsync();
        await process.MoveAsync();

        (await process.DescribeLedgerAsync("berlin", "of-a")).ShouldBe(["11-09 1000 conversion", "11-09 -1000 bot_rules"]);
        (await process.DescribeLedgerAsync("berlin", "of-b")).ShouldBe(["11-09 1000 conversion"]);
        (await process.DescribeLedgerAsync("berlin", "of-c")).ShouldBe(["11-09 1000 conversion", "11-09 -1000 bot_rules"]);
        (await process.ReconcileAsync()).ShouldBe(0);
        var set = (await process.Store.DataSets.ListDataSetsAsync(DataSetKinds.BotRules, Cancellation))[^1];
        (set.Version, set.Outcome!.Journeys, set.Outcome.Orders).ShouldBe(("2026-12-24", 2, 2));

        // New events are labeled by them as well, and a process without them does not start.
        await process.ClickAsync("berlin", "d", DataSetProcess.FirstOrder.AddHours(-1), "Mozilla/5.0 (Windows NT 10.0) Prober/1.0");
        await process.OrderOfVisitorAsync("berlin", "d", DataSetProcess.FirstOrder);
        (await process.DescribeLedgerAsync("berlin", "of-d")).ShouldBeEmpty();
        (await Should.ThrowAsync<Storage.StoreUnusableException>(async () => await DataSetProcess.OpenAsync(path, TimeZoneSet.Bundled))).Message.ShouldBe(
            $"This store uses the bot rules of 2026-12-24; this process has those of {BotRules.Default.Version}. Start the newer version of Attribution that the other "
            + "processes run, or specify a file of 2026-12-24 or later: Reference:BotRules=<file>.json.");
    }
}
