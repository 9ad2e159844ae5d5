using Attribution.Simulator;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Attribution.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace Attribution.IntegrationTests;

/// <summary>
/// Runs without intermediate results: if one is killed, the next process starts it again from the beginning.
/// </summary>
public sealed class RunCrashRecoveryTests
{
    private const int StatusRunning = 2;
    private const int StatusDone = 3;
    private const string Question = """{"from":"2026-03-01","to":"2026-04-30","model":"linear"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300)]
    [InlineData(1_200, Traits = ["Category", "Long"])]
    public async Task Killed_what_if_and_reconciliation_runs_complete_in_the_next_process(int people)
    {
        Assert.SkipWhen(StoreUnderTest.IsMongoDb, "the test reads SQLite's file");
        using var folder = new TempFolder();
        var market = Market.Create(37, new DateOnly(2026, 3, 1), new MarketOptions { People = people });
        var host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
        try
        {
            await host.ImportAsync(market.Catalog, Token);
            await host.PostEventsAsync(market.Events, Token);
            await host.WaitUntilSettledAsync(Token);

            var asked = new Dictionary<string, string>();
            foreach (var (kind, body) in new[] { ("what-if", Question), ("reconcile", "") })
            {
                asked[kind] = await RunWithKillAsync(host, folder.File("attribution.db"), kind, body);
                await host.DisposeAsync();
                host = await HostProcess.ServeAsync(folder.Path, Token, DocumentedExample.Horizon);
            }

            var ended = new Dictionary<string, JsonNode>();
            foreach (var (kind, id) in asked)
            {
                ended[kind] = await WaitForEndAsync(host, kind, id);
                ((long)ended[kind]["progress"]!["attempt"]!).ShouldBeGreaterThan(1, kind);
            }

            ended["reconcile"]["result"]!["mismatches"]!.GetValue<long>().ShouldBe(0);
            // The restarted run has the same result as one that was not disturbed.
            var undisturbed = await WaitForEndAsync(host, "what-if", await AskAsync(host, "what-if", Question));
            ended["what-if"]["result"]!.ToJsonString().ShouldBe(undisturbed["result"]!.ToJsonString());
            undisturbed["result"]!["rows"]!.AsArray().Count.ShouldBeGreaterThan(5);
            await TruthTests.ShouldEqualTruthAsync(host, market, "last_touch");
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>
    /// Requests runs until one is found running, and then kills the host. A run ends with a write, so that a run found
    /// under the store's lock cannot end before the lock is released.
    /// </summary>
    private static async Task<string> RunWithKillAsync(HostProcess host, string file, string kind, string body)
    {
        await using var store = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=60");
        await store.OpenAsync(Token);
        while (true)
        {
            var id = await AskAsync(host, kind, body);
            for (var status = 0L; status != StatusDone;)
            {
                Token.ThrowIfCancellationRequested();
                await using var locked = store.BeginTransaction(deferred: false);
                await using var select = new SqliteCommand(
                    "SELECT status FROM runs WHERE kind = $kind ORDER BY created_at DESC LIMIT 1", store, locked);
                select.Parameters.AddWithValue("$kind", kind);
                status = (long)(await select.ExecuteScalarAsync(Token))!;
                if (status != StatusRunning) continue;
                await host.KillAsync();
                return id;
            }
        }
    }

    private static async Task<string> AskAsync(HostProcess host, string kind, string body)
    {
        // The nightly reconciliation may be running.
        var answered = "";
        await Eventually.IsTrueAsync(
            async () =>
            {
                using var answer = await host.PostAsync($"/v1/{kind}", "application/json", body, Token);
                if (answer.StatusCode == HttpStatusCode.Conflict) return false;
                answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
                answered = await answer.Content.ReadAsStringAsync(Token);
                return true;
            },
            TimeSpan.FromMinutes(1), () => host.Output, Token);
        return (string)JsonNode.Parse(answered)!["id"]!;
    }

    private static async Task<JsonNode> WaitForEndAsync(HostProcess host, string kind, string id)
    {
        JsonNode run = new JsonObject();
        await Eventually.IsTrueAsync(
            async () =>
            {
                run = JsonNode.Parse(await host.Http.GetStringAsync(new Uri($"/v1/{kind}/{id}", UriKind.Relative), Token))!;
                return (string?)run["status"] is "done" or "failed";
            },
            TimeSpan.FromMinutes(2), () => host.Output, Token);
        ((string?)run["status"]).ShouldBe("done", run.ToJsonString());
        return run;
    }
}
