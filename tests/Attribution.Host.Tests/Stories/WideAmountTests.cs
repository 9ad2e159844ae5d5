using System.Text.Json.Nodes;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Rollup;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Runs;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// So many of the largest orders of two campaigns of one creator, who earns all of it, that every sum exceeds 64 bits:
/// 9,300 × 10,000,000,000,000.00. Amounts are shown exactly everywhere, and canceling the orders brings each back to
/// zero.
/// </summary>
public sealed class WideAmountTests
{
    private const int Orders = 9_300;
    private const int Campaigns = 2;
    private const string Days = "from=2026-03-01&to=2026-03-31";
    private const string Whole = "93000000000000000.00";
    private const string OfCampaign = "46500000000000000.00";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Amounts_beyond_64_bits_are_exact_in_every_answer()
    {
        await using var host = await StartAsync();
        foreach (var part in Enumerable.Range(0, Orders).Chunk(500)) await host.ProcessAsync([.. part.Select(Order)]);
        await host.SettlePeriodsAsync();

        var rows = (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=creator"))["rows"]!.AsArray();
        rows.Where(row => row!["creatorId"] is not null)
            .Select(row => $"{row!["creatorId"]} {row["orders"]} {row["gross"]} {row["net"]} {row["cost"]!["commission"]}")
            .ShouldBe([$"mia {Orders * Campaigns} {Whole} {Whole} {Whole}"]);
        (await host.GetTextAsync($"/v1/rollups/daily?{Days}&groupBy=creator&format=csv")).ShouldContain(Whole);
        (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=campaign&model=participation"))["rows"]!.AsArray()
            .Select(row => row!["net"]!.ToString()).ShouldBe([Whole, Whole]);
        (await host.GetTextAsync("/v1/export/rollups")).Split(OfCampaign).Length.ShouldBeGreaterThan(Campaigns);
        (await host.GetTextAsync("/v1/export/ledger")).Split("5000000000000.00").Length.ShouldBeGreaterThan(Orders * Campaigns);
        (await host.GetAsync($"/v1/roi?{Days}"))["net"]!.ToString().ShouldBe(Whole);
        (await host.GetAsync($"/v1/ranking?{Days}"))["rows"]![0]!.ToJsonString().ShouldContain(Whole);
        (await host.GetAsync("/v1/budget?campaign=k0&on=2026-03-31"))["spent"]!.ToString().ShouldBe("46500000000001000.00");
        await ShouldBeReadableAsync(host);
        (await RunWhatIfAsync(host))["result"]!["totals"]!.ToJsonString().ShouldContain($"\"net\":\"{Whole}\"");

        // April: March is closed, stated and paid.
        await host.AdvanceToAsync("2026-04-03T12:00:00Z");
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-03"}""")).Status.ShouldBe(200);
        (await host.PostAsync("/v1/statements/1/paid", "{}")).Status.ShouldBe(200);
        var statement = await host.GetAsync("/v1/statements/1");
        $"{statement["total"]} {statement["payable"]} {statement["carriedOut"]}".ShouldBe($"{Whole} {Whole} 0.00");
        (await host.GetTextAsync("/v1/statements/months/2026-03?format=csv")).ShouldContain(Whole);
        (await host.GetPageAsync("/statements?month=2026-03")).ShouldContain("93,000,000,000,000,000.00");

        foreach (var part in Enumerable.Range(0, Orders).Chunk(500)) await host.ProcessAsync([.. part.Select(Cancel)]);
        await host.SettlePeriodsAsync();
        (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=creator"))["rows"]!.AsArray()
            .Where(row => row!["creatorId"] is not null)
            .Select(row => $"{row!["orders"]} {row["net"]} {row["cost"]!["commission"]}").ShouldBe(["0 0.00 0.00"]);
        var restated = (await host.GetAsync("/v1/restatements?from=2026-03-01&to=2026-04-30&limit=1&view=cohort"))["summary"]!["byReason"]!.AsArray();
        restated.Select(sum => $"{sum!["reason"]} {sum["amount"]}").ShouldBe([$"cancel -{Whole}"]);
        await ShouldBeReadableAsync(host);
        (await ReconcileAsync(host)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""");

        // What was paid is carried forward as a debt.
        await host.AdvanceToAsync("2026-05-03T12:00:00Z");
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-04"}""")).Status.ShouldBe(200);
        statement = await host.GetAsync("/v1/statements/2");
        $"{statement["total"]} {statement["payable"]} {statement["carriedOut"]}".ShouldBe($"-{Whole} 0.00 -{Whole}");
        (await host.GetAsync("/v1/statements/months/2026-05"))["totals"]!.ToJsonString().ShouldContain($"-{Whole}");
    }

    [Fact]
    public async Task Tiers_caps_and_guarantees_add_up_beyond_64_bits()
    {
        await using var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/creators/ben", """{"name":"Ben"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""), ("/v1/codes/ben", """{"code":"BEN","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/agreements/a", """{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"0"},"period":"month","tierMode":"whole","tiers":[{"from":"0","rate":"50"},{"from":"9000000000000.00","rate":"100"}]}"""),
            ("/v1/agreements/b", """{"campaignId":"spring","creatorId":"ben","commission":{"kind":"percent_of_net","rate":"100"},"period":"month","cap":"5000000000000.00"}"""));
        const int Many = 9_300;
        foreach (var part in Enumerable.Range(0, Many).Chunk(500))
        {
            await host.ProcessAsync([.. part.Select(i => Redemption($"m{i}", "MIA"))]);
            await host.ProcessAsync([.. part.Select(i => Redemption($"b{i}", "BEN"))]);
        }
        await host.SettlePeriodsAsync();

        var rows = (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=creator"))["rows"]!.AsArray();
        rows.Select(row => $"{row!["creatorId"]} {row["net"]} {row["cost"]!["commission"]}")
            .ShouldBe(["ben 93000000000000000.00 5000000000000.00", "mia 93000000000000000.00 93000000000000000.00"]);
        await host.AdvanceToAsync("2026-04-03T12:00:00Z");
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-03"}""")).Status.ShouldBe(200);
        (await host.GetAsync("/v1/statements/months/2026-03"))["totals"]!["payable"]!.ToString().ShouldBe("93005000000000000.00");
        (await ReconcileAsync(host)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""");
    }

    [Fact]
    public async Task Rates_that_convert_beyond_the_largest_amount_count_as_missing()
    {
        await using var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""),
            ("/v1/fx-rates/JPY.KWD.2026-03-09", """{"from":"JPY","to":"KWD","on":"2026-03-09","rate":"1000000000"}"""),
            ("/v1/fx-rates/KWD.USD.2026-03-09", """{"from":"KWD","to":"USD","on":"2026-03-09","rate":"1000000000"}"""));
        await host.ProcessAsync(
            """{"type":"redemption","id":"e-1","occurredAt":"2026-03-09T12:00:00Z","orderId":"1","codes":["MIA"],"currency":"JPY","gross":"1000000000000000"}""",
            """{"type":"redemption","id":"e-2","occurredAt":"2026-03-09T12:00:00Z","orderId":"2","codes":["MIA"],"currency":"USD","gross":"7.00"}""");

        var answer = await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=creator");
        answer["totals"]!.ToJsonString().ShouldContain("\"net\":\"7.00\"");
        answer["rows"]!.AsArray().Select(row => $"{row!["orders"]} {row["net"]} {row["incomplete"]}").ShouldBe(["2 7.00 true"]);
        (await ReconcileAsync(host)).ShouldBe("""{"mismatches":0,"repaired":[],"agreements":[],"sums":0}""");
    }

    private static async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        await host.PutCatalogAsync(
            [
                ("/v1/brands/default", """{"name":"Glow","currency":"USD","bookModel":"linear"}"""), ("/v1/creators/mia", """{"name":"Mia"}"""),
                .. Enumerable.Range(0, Campaigns).SelectMany(i => new[]
                {
                    ($"/v1/campaigns/k{i}", $$"""{"name":"K{{i}}","budget":"100.00","endsOn":"2026-06-30"}"""),
                    ($"/v1/codes/c{i}", $$"""{"code":"C{{i}}","campaignId":"k{{i}}","creatorId":"mia"}"""),
                    ($"/v1/agreements/a{i}", $$$"""{"campaignId":"k{{{i}}}","creatorId":"mia","commission":{"kind":"percent_of_net","rate":"100"}}"""),
                }),
                ("/v1/costs/fee", """{"campaignId":"k0","kind":"fee","currency":"USD","amount":"1000.00","on":"2026-03-02"}"""),
            ]);
        return host;
    }

    private static string Order(int i) =>
        $$"""{"type":"redemption","id":"o{{i}}","occurredAt":"2026-03-09T12:00:00Z","orderId":"{{i}}","codes":[{{string.Join(',', Enumerable.Range(0, Campaigns).Select(code => $"\"C{code}\""))}}],"currency":"USD","gross":"10000000000000.00"}""";

    private static string Redemption(string id, string code) =>
        $$"""{"type":"redemption","id":"{{id}}","occurredAt":"2026-03-09T12:00:00Z","orderId":"{{id}}","codes":["{{code}}"],"currency":"USD","gross":"10000000000000.00"}""";

    private static string Cancel(int i) =>
        $$"""{"type":"refund","id":"x{{i}}","occurredAt":"2026-04-02T12:00:00Z","orderId":"{{i}}","refundId":"x","kind":"cancel"}""";

    /// <summary>Gets every page and report that shows sums; each must succeed.</summary>
    private static async Task ShouldBeReadableAsync(PipelineHost host)
    {
        foreach (var path in (string[])
            [
                $"/?{Days}", $"/creators?{Days}", $"/creators/mia?{Days}", $"/creators/mia/report?{Days}", $"/campaigns/k0?{Days}", $"/ranking?{Days}",
                $"/restatements?{Days}", "/statements?month=2026-03", $"/quality?{Days}",
            ])
            (await host.GetPageAsync(path)).ShouldNotBeNullOrWhiteSpace();
        foreach (var path in (string[])
            [
                $"/v1/rollups/daily?{Days}&model=all&view=cash", $"/v1/conversions?{Days}", "/v1/quality", $"/v1/posts?{Days}", "/v1/restatements?from=2026-03-01&to=2026-04-30",
                $"/v1/compare?a=campaigns/k0&b=campaigns/k1&{Days}",
            ])
            (await host.GetAsync(path)).ShouldNotBeNull();
    }

    private static async Task<JsonNode> RunWhatIfAsync(PipelineHost host)
    {
        var (status, run) = await host.PostAsync("/v1/what-if", """{"from":"2026-03-01","to":"2026-03-31","model":"last_touch"}""");
        status.ShouldBe(202);
        var answer = run!;
        await Eventually.IsTrueAsync(
            async () => (answer = await host.GetAsync($"/v1/what-if/{run!["id"]}"))["status"]!.ToString() is "done" or "failed", "the run to end");
        answer["status"]!.ToString().ShouldBe("done", answer.ToJsonString());
        return answer;
    }

    private static async Task<string> ReconcileAsync(PipelineHost host)
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<RollupMetrics>().BuildServiceProvider();
        var run = new ReconcileRun(
            host.Store.Reconciliation, host.Store.Jobs, host.Store.Journeys, host.Store.Agreements, host.Catalogs, TimeProvider.System,
            services.GetRequiredService<RollupMetrics>(),
            new DataLossLog(new HostSettings(new HashSet<Role> { Role.Rollup }, "0", Path.GetTempPath())), NullLogger<ReconcileRun>.Instance);
        return System.Text.Encoding.UTF8.GetString(await run.RunAsync(new RunDocument { Id = Guid.NewGuid(), Kind = RunNames.Reconcile, Request = [], CreatedAt = default, UpdatedAt = default }, new RunProgress(), Token));
    }
}
