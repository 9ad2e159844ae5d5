using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

public sealed class RebuildTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The next process takes over a rebuild like any other run, and continues with the packs that were not replayed.
    /// </summary>
    [Theory]
    [InlineData(300)]
    [InlineData(1_500, Traits = ["Category", "Long"])]
    public async Task Rebuild_killed_midway_completes_after_a_restart_with_a_true_ledger(int people)
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        using var folder = new TempFolder();
        var market = Market.Create(31, new DateOnly(2026, 3, 1), new MarketOptions { People = people });
        var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        try
        {
            await host.ImportAsync(market.Catalog, Token);
            foreach (var chunk in market.Events.Chunk(5))
                (await CrashRecoveryTests.IsAcceptedAsync(host, string.Join('\n', chunk))).ShouldBeTrue();
            await host.WaitUntilSettledAsync(Token);

            using var response = await host.PostAsync("/v1/rebuild", "application/json", "", Token);
            response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            var id = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["id"]!;
            var scratch = Path.Combine(folder.Path, "rebuild", "attribution.db");
            await Eventually.IsTrueAsync(
                async () => File.Exists(scratch) || await IsDoneAsync(), TimeSpan.FromMinutes(1), () => host.Output, Token);
            await host.KillAsync();
            var inTheMiddle = File.Exists(scratch);
            await host.DisposeAsync();
            host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);

            await Eventually.IsTrueAsync(IsDoneAsync, TimeSpan.FromMinutes(3), () => host.Output, Token);
            var run = await RunAsync();
            run["result"]!.ToJsonString().ShouldBe("""{"conversions":0,"ledgerLines":0,"cells":0}""");
            ((long)run["progress"]!["attempt"]!).ShouldBe(inTheMiddle ? 2 : 1);
            TestContext.Current.SendDiagnosticMessage($"killed in the middle: {inTheMiddle}");
            File.Exists(scratch).ShouldBeFalse();
            await TruthTests.ShouldEqualTruthAsync(host, market, "last_touch");

            async Task<JsonNode> RunAsync() =>
                JsonNode.Parse(await host.Http.GetStringAsync(new Uri($"/v1/rebuild/{id}", UriKind.Relative), Token))!;
            async Task<bool> IsDoneAsync() => (string?)(await RunAsync())["status"] == "done";
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Command_rebuilds_on_a_running_host_and_restores_lost_entries()
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        using var folder = new TempFolder();
        await using var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        foreach (var (kind, item) in DocumentedExample.Catalog())
            await host.PutAsync(kind, (string)item["id"]!, item.ToJsonString(), Token);
        await host.PostEventsAsync(DocumentedExample.EventLines(), Token);
        await host.WaitUntilSettledAsync(Token);
        await using (var store = new SqliteConnection($"Data Source={folder.File("attribution.db")};Pooling=False"))
        {
            await store.OpenAsync(Token);
            await using var delete = new SqliteCommand(
                "DELETE FROM ledger_conversions_new; DELETE FROM ledger_conversions_recent; "
                + "DELETE FROM ledger_conversions_settled; DELETE FROM ledger",
                store);
            (await delete.ExecuteNonQueryAsync(Token)).ShouldBeGreaterThan(0);
        }

        for (var again = 0; again < 2; again++)
        {
            var (exitCode, errors) = await HostProcess.RunAsync(
                "rebuild", Token, "--url", host.Http.BaseAddress!.ToString());
            (exitCode, errors).ShouldBe((0, ""));
            using var order = await host.GetAsync("/v1/conversions/1001", Token);
            order.RootElement.GetProperty("ledger").EnumerateArray()
                .Select(entry => $"{entry.GetProperty("creatorId")} {entry.GetProperty("amount")} {entry.GetProperty("reason")}")
                .ShouldBe(["mia 90.00 rebuild", "mia -45.00 rebuild"]);
        }

        await host.KillAsync();
        var (failed, reason) = await HostProcess.RunAsync("rebuild", Token, "--url", host.Http.BaseAddress!.ToString());
        failed.ShouldBe(1);
        reason.ShouldContain(host.Http.BaseAddress!.Authority);
    }
}
