using System.Text.RegularExpressions;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Compares every JSON, CSV and NDJSON answer with a recorded file, byte for byte, in currencies with 0, 2 and 3 decimals.</summary>
public sealed partial class AnswerBytesTests
{
    private const string March = "from=2026-03-01&to=2026-03-31";

    private static readonly string[] Addresses =
    [
        $"/v1/rollups/daily?{March}", $"/v1/rollups/daily?{March}&model=all&groupBy=campaign", $"/v1/rollups/daily?{March}&view=cash&groupBy=day", $"/v1/rollups/daily?{March}&groupBy=creator&format=csv",
        $"/v1/rollups/daily?{March}&asOf=2026-03-10T00:00:00Z&groupBy=", $"/v1/rollups/daily?{March}&model=markov&groupBy=creator",
        $"/v1/export/ledger", $"/v1/export/rollups?view=cash", $"/v1/budget?campaign=spring", $"/v1/roi?{March}", $"/v1/roi?{March}&creator=ben",
        $"/v1/ranking?{March}", $"/v1/ranking?{March}&format=csv", $"/v1/compare?{March}&a=creators/mia&b=creators/ben", $"/v1/compare?{March}&a=posts/ig-1&b=posts/ig-2",
        $"/v1/posts?{March}", $"/v1/posts?{March}&format=csv", $"/v1/conversions?{March}", $"/v1/conversions?{March}&limit=1", $"/v1/conversions?{March}&format=csv",
        "/v1/conversions/1", "/v1/conversions/2", "/v1/conversions/lead-1", "/v1/journeys?visitor=v-1", "/v1/journeys?order=2", "/v1/models", "/v1/fits",
        $"/v1/restatements?{March}", $"/v1/restatements?{March}&view=cohort", $"/v1/restatements?{March}&format=csv", "/v1/unmatched", "/v1/unmatched?format=csv", "/v1/rejections", "/v1/quality",
        "/v1/statements?creator=mia&month=2026-03", "/v1/statements?creator=mia&month=2026-03&format=csv", "/v1/statements?creator=ben&month=2026-03", "/v1/statements/months/2026-03",
        "/v1/statements/months/2026-03?format=csv", "/v1/statements/1", "/v1/statements?creator=mia&month=2026-04", "/v1/statements?creator=mia&month=2026-04&format=csv",
        "/v1/costs", "/v1/agreements?format=csv", "/v1/brands/default", "/v1/creators/mia/history", "/v1/audit?limit=2",
    ];

    private static readonly string[] Problems =
    [
        "/v1/rollups/daily", $"/v1/rollups/daily?{March}&model=x", $"/v1/ranking?{March}&model=all", "/v1/budget?campaign=none", "/v1/compare?a=x", "/v1/conversions/none", "/v1/conversions/unknown-order",
        "/v1/journeys", "/v1/statements/99", "/v1/what-if/none", $"/v1/posts?{March}&format=csv&limit=1", "/v1/unmatched?cursor=!", "/v1/export/ledger?after=x", "/v1/fits?brand=none",
    ];

    [Theory]
    [InlineData("JPY")]
    [InlineData("EUR")]
    [InlineData("KWD")]
    public async Task Answers_equal_the_recorded_bytes(string code)
    {
        await using var host = await StartAsync(Currency.Parse(code));
        var text = new System.Text.StringBuilder();
        foreach (var address in Addresses) text.Append(CultureInfo.InvariantCulture, $"GET {address}\n{await ReadAsync(host, address)}\n");
        // The texts of problems are no contract; their status and members are.
        foreach (var address in Problems)
        {
            var (status, body) = await host.TryGetAsync(address);
            text.Append(CultureInfo.InvariantCulture, $"GET {address}\n{status} {string.Join(' ', body!.AsObject().Select(member => member.Key))}\n");
        }

        var (_, run) = await host.PostAsync("/v1/what-if", """{"from":"2026-03-01","to":"2026-03-31","model":"first_touch","policy":{"name":"split","codeShare":"0.25"},"groupBy":"day,creator"}""");
        var result = $"/v1/what-if/{run!["id"]}";
        await Eventually.IsTrueAsync(async () => (await host.GetAsync(result))["status"]!.GetValue<string>() is not ("queued" or "running"), "the run ends");
        text.Append(CultureInfo.InvariantCulture, $"GET /v1/what-if\n{await host.GetTextAsync(result)}\n{await host.GetTextAsync(result + "?format=csv")}\n");

        var file = Path.Combine(TestData.Repository, "tests", "testdata", "answers", code + ".txt");
        var made = Prose().Replace(RandomId().Replace(text.ToString(), "00000000-0000-0000-0000-000000000000"), "\"$1\":\"text\"");
        if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_ANSWERS") == "1") await File.WriteAllTextAsync(file, made, PipelineHost.Token);
        made.Replace("\r\n", "\n", StringComparison.Ordinal).ShouldBe((await File.ReadAllTextAsync(file, PipelineHost.Token)).Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    /// <summary>Starts a host with capped, claw-backed, carried, restated, unmatched and incomplete amounts of a brand in the currency.</summary>
    private static async Task<PipelineHost> StartAsync(Currency currency)
    {
        var host = await PipelineHost.StartAsync("2026-03-10T12:00:00Z");
        string Money(long minor) => currency.Format(minor);
        await host.PutCatalogAsync(
            ("/v1/brands/default", $$"""{"name":"Glow","currency":"{{currency.Code}}","benchmarks":[{"measure":"engagementRate","good":"0.03"},{"measure":"roiPercent","good":"300"}]}"""),
            ("/v1/campaigns/spring", $$"""{"name":"Spring","startsOn":"2026-03-01","endsOn":"2026-04-30","budget":"{{Money(900_000)}}","grossMarginPercent":"40"}"""),
            ("/v1/creators/mia", """{"name":"=SUM(A1)","handles":[{"platform":"instagram","handle":"mia","followers":36000}]}"""), ("/v1/creators/ben", """{"name":"Ben"}"""),
            ("/v1/codes/mia", """{"code":"MIA","campaignId":"spring","creatorId":"mia"}"""), ("/v1/codes/ben", """{"code":"BEN","campaignId":"spring","creatorId":"ben"}"""),
            ("/v1/links/mia", """{"slug":"mia","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia","platform":"instagram","postId":"ig-1"}"""),
            ("/v1/links/ben", """{"slug":"ben","destination":"https://shop.example/","campaignId":"spring","creatorId":"ben","postId":"ig-2"}"""),
            ("/v1/costs/fee", $$"""{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"{{currency.Code}}","amount":"{{Money(70_000)}}","on":"2026-03-02","postId":"ig-1"}"""),
            ("/v1/costs/all", $$"""{"campaignId":"spring","kind":"production","currency":"{{currency.Code}}","amount":"{{Money(33_333)}}","on":"2026-04-02"}"""),
            ("/v1/agreements/a", $$"""{"campaignId":"spring","creatorId":"mia","commission":{"kind":"percent_of_net","rate":10},"cap":"{{Money(12_000)}}","period":"month"}"""),
            ("/v1/agreements/b", """{"campaignId":"spring","creatorId":"ben","commission":{"kind":"percent_of_net","rate":10},"holdingDays":20,"approval":"manual"}"""));
        await host.ProcessAsync(
            """{"type":"click","id":"k-1","occurredAt":"2026-03-01T12:00:00Z","link":"mia","visitorId":"v-1"}""",
            """{"type":"click","id":"k-2","occurredAt":"2026-03-02T08:00:00Z","link":"ben","visitorId":"v-1"}""",
            """{"type":"click","id":"k-3","occurredAt":"2026-03-02T08:30:00Z","link":"mai","visitorId":"v-9"}""",
            $$"""{"type":"conversion","id":"e-1","occurredAt":"2026-03-02T09:00:00Z","kind":"order","orderId":"1","currency":"{{currency.Code}}","gross":"{{Money(100_005)}}","discount":"{{Money(5)}}","visitorId":"v-1","customerKey":"c-1"}""",
            $$"""{"type":"redemption","id":"e-2","occurredAt":"2026-03-05T09:00:00Z","orderId":"2","codes":["MIA","NIA"],"currency":"{{currency.Code}}","gross":"{{Money(150_000)}}","visitorId":"v-1"}""",
            $$"""{"type":"redemption","id":"e-3","occurredAt":"2026-03-07T09:00:00Z","orderId":"3","codes":["BEN"],"currency":"{{currency.Code}}","gross":"{{Money(40_000)}}"}""",
            """{"type":"redemption","id":"e-4","occurredAt":"2026-03-08T09:00:00Z","orderId":"4","codes":["BEN"],"currency":"CHF","gross":"12.00"}""",
            $$"""{"type":"conversion","id":"e-5","occurredAt":"2026-03-08T10:00:00Z","kind":"order","orderId":"5","currency":"{{currency.Code}}","gross":"{{Money(7)}}"}""",
            """{"type":"conversion","id":"lead-1","occurredAt":"2026-03-08T11:00:00Z","kind":"lead","conversionId":"lead-1","visitorId":"v-1"}""",
            $$"""{"type":"refund","id":"r-1","occurredAt":"2026-03-09T12:00:00Z","orderId":"1","refundId":"r-1","kind":"refund","currency":"{{currency.Code}}","amount":"{{Money(200_000)}}"}""",
            """{"type":"refund","id":"r-2","occurredAt":"2026-03-09T12:00:00Z","orderId":"2","refundId":"r-2","kind":"refund","currency":"CHF","amount":"1.00"}""",
            """{"type":"refund","id":"r-3","occurredAt":"2026-03-09T12:00:00Z","orderId":"unknown-order","refundId":"r-3","kind":"cancel"}""",
            Counters("ig-1", "2026-03-03", 25_000, 11_000, 310), Counters("ig-2", "2026-03-03", 40_000, 20_000, 500));
        await host.SettlePeriodsAsync();
        await host.AdvanceToAsync("2026-04-03T12:00:00Z");
        await host.FoldAsync();
        (await host.PostAsync("/v1/statements/close", """{"month":"2026-03"}""")).Status.ShouldBe(200);
        (await host.PostAsync("/v1/statements/1/paid", """{"reference":"-7"}""")).Status.ShouldBe(200);
        await host.ProcessAsync(
            """{"type":"refund","id":"r-4","occurredAt":"2026-04-02T12:00:00Z","orderId":"2","refundId":"r-4","kind":"cancel"}""",
            """{"type":"click","id":"k-4","occurredAt":"2026-03-06T12:00:00Z","link":"mia","visitorId":"v-1"}""");
        await host.SettlePeriodsAsync();
        return host;
    }

    private static async Task<string> ReadAsync(PipelineHost host, string address)
    {
        try
        {
            return await host.GetTextAsync(address);
        }
        catch (HttpRequestException exception)
        {
            return $"{exception.StatusCode}";
        }
    }

    private static string Counters(string post, string day, long impressions, long reach, long likes) =>
        $$"""{"type":"engagement","id":"{{post}}-{{day}}","occurredAt":"{{day}}T12:00:00Z","postId":"{{post}}","platform":"instagram","impressions":{{impressions}},"reach":{{reach}},"likes":{{likes}}}""";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex RandomId();

    // Sentences for people are no contract.
    [GeneratedRegex("\"(inWords|summary|detail|reason)\":\"[^\" ]* [^\"]*\"")]
    private static partial Regex Prose();
}
