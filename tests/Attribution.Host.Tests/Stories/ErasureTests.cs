using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Storage.Journeys;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Stories;

/// <summary>
/// Erasure of a person: no file of the data folder contains their identifiers, and all sums stay the same.
/// </summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private const string Rollups = "/v1/rollups/daily?from=2026-01-01&to=2027-12-31&groupBy=day,campaign,creator&model=all";

    private readonly string today = DateTimeOffset.UtcNow.AddHours(-2).ToString("yyyy-MM-dd'T'HH':00:0'", CultureInfo.InvariantCulture);
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartNewAsync();
        await SendAsync(HttpMethod.Put, "/v1/creators/mia", """{"name":"Mia"}""");
        await SendAsync(HttpMethod.Put, "/v1/campaigns/spring", """{"name":"Spring"}""");
        await SendAsync(
            HttpMethod.Put, "/v1/links/mia", """{"slug":"mia","destination":"https://shop.example/","campaignId":"spring","creatorId":"mia","utm":{"source":"ig","content":"mia"}}""");
        await SendAsync(
            HttpMethod.Put, "/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}""");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Erasure_leaves_no_byte_of_the_person_and_every_sum()
    {
        // Events by the redirector with the person's cookie, by an external redirector, late, rejected, refunded; and
        // another person whose id contains theirs.
        using (var follow = new HttpRequestMessage(HttpMethod.Get, "/r/mia") { Headers = { { "Cookie", "atr_vid=MARK-cookie" } } })
        using (var redirect = await host.Http.SendAsync(follow, Cancellation)) redirect.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await PostEventsAsync(
            $$"""{"type":"click","id":"MARK-click","occurredAt":"{{today}}1Z","link":"mia","visitorId":"MARK-visitor","clickId":"MARK-click","referrer":"https://x.example/?me=MARK-visitor","userAgent":"Mozilla/5.0 (iPhone)"}""",
            $$"""{"type":"visit","id":"visit of MARK-visitor","occurredAt":"{{today}}2Z","url":"https://shop.example/?utm_source=ig&utm_content=mia&atr_cid=MARK-click&mail=MARK","visitorId":"MARK-landing"}""",
            $$"""{"type":"redemption","id":"e-1","occurredAt":"{{today}}3Z","orderId":"1001","codes":["MIA10"],"currency":"USD","gross":"100.00","discount":"10.00","customerKey":"MARK-c\u0075stomer","visitorId":"MARK-landing"}""",
            $$"""{"type":"conversion","id":"e-2","occurredAt":"{{today}}4Z","kind":"order","orderId":"1002","currency":"USD","gross":"50.00","customerKey":"MARK-customer","visitorId":"MARK-cookie"}""",
            $$"""{"type":"conversion","id":"e-9","occurredAt":"{{today}}4Z","kind":"order","orderId":"1009","currency":"USD","gross":"70.00","customerKey":"XMARK-customerX","visitorId":"other"}""",
            $$"""{"type":"conversion","id":"bad","occurredAt":"{{today}}4Z","kind":"order","orderId":"1003","currency":"QQQ","gross":"50.00","customerKey":"MARK-customer"}""",
            """{"specversion":"1.0","type":"conversion","id":"event","source":"default","time":"now","data":{"kind":"order","customerKey":"MARK-customer"}}""",
            """{"type":"conversion","id":"cut off","customerKey":"MARK-customer","occurredAt":""");
        await PostEventsAsync(
            $$"""{"type":"click","id":"late MARK-click","occurredAt":"{{today}}0Z","link":"mia","visitorId":"MARK-cookie"}""",
            $$"""{"type":"refund","id":"r-1","occurredAt":"{{today}}5Z","orderId":"1002","refundId":"r-1","kind":"refund","currency":"USD","amount":"20.00"}""");
        var before = await WaitUntilSettledAsync();
        (await StatusAsync("/v1/journeys?customer=MARK-customer")).ShouldBe(HttpStatusCode.OK);
        FilesContaining().ShouldNotBeEmpty();
        FilesContaining("MARK-cu").ShouldBeEmpty("customer keys are hashed before they are written, in rejections too");

        var went = await SendAsync(HttpMethod.Post, "/v1/erase", """{"customerKey":"MARK-customer"}""");
        (went["identifiers"]!.GetValue<int>(), went["journeys"]!.GetValue<int>(), went["rejections"]!.GetValue<int>(), went["remaining"]!.GetValue<int>()).ShouldBe((6, 1, 2, 0), went.ToJsonString());

        FilesContaining().ShouldBeEmpty();
        (await WaitUntilSettledAsync()).ShouldBe(before);
        foreach (var alias in new[] { "customer=MARK-customer", "visitor=MARK-visitor", "visitor=MARK-cookie", "visitor=MARK-landing" })
            (await StatusAsync("/v1/journeys?" + alias)).ShouldBe(HttpStatusCode.NotFound, alias);
        (await StatusAsync("/v1/journeys?customer=XMARK-customerX")).ShouldBe(HttpStatusCode.OK, "somebody else's");
        var order = await SendAsync(HttpMethod.Get, "/v1/conversions/1001", null);
        order.ToJsonString().ShouldContain("\"mia\"");
        order.ToJsonString().ShouldNotContain("MARK");
        (await SendAsync(HttpMethod.Post, "/v1/erase", """{"customerKey":"MARK-customer"}"""))["events"]!.GetValue<int>().ShouldBe(0, "nothing is left to erase");

        // The archive now yields the same ledger.
        var run = await SendAsync(HttpMethod.Post, "/v1/rebuild", null);
        JsonNode rebuilt = run;
        await Eventually.IsTrueAsync(
            async () => (rebuilt = await SendAsync(HttpMethod.Get, $"/v1/rebuild/{run["id"]}", null))["status"]!.GetValue<string>() is "done" or "failed", "the rebuild has ended");
        rebuilt.ToJsonString().ShouldContain("""{"conversions":0,"ledgerLines":0,"cells":0}""");
        (await WaitUntilSettledAsync()).ShouldBe(before);
        FilesContaining().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"customerKey":"a","visitorId":"b"}""")]
    [InlineData("""{"customerKey":" "}""")]
    [InlineData("""{"customerKey":"a","brandId":"none"}""")]
    [InlineData("""{"customer":"a"}""")]
    public async Task Ambiguous_person_is_rejected(string body)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, "/v1/erase", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>Returns the files of the data folder that contain one of the person's identifiers.</summary>
    private List<string> FilesContaining(string mark = "MARK-")
    {
        // Copied by another process: opening and closing a file of SQLite in this process would release its locks.
        var copy = host.PathBesideData($"copy-{Guid.NewGuid():N}");
        using (var cp = System.Diagnostics.Process.Start("cp", ["-r", host.Data, copy])) cp.WaitForExit();
        var named = Directory.GetFiles(copy, "*", SearchOption.AllDirectories)
            .Where(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(mark, StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)).ToList();

        // Archives are compressed, so they are searched separately.
        var packs = host.GetService<IJourneyStore>().ReadPacksAsync(Cancellation).ToBlockingEnumerable(Cancellation).ToList();
        if (packs.SelectMany(pack => pack.Events).Any(one => Encoding.UTF8.GetString(one).Contains(mark, StringComparison.Ordinal))) named.Add("packs");
        return named;
    }

    private async Task PostEventsAsync(params string[] events)
    {
        using var answer = await host.SendAsync(
            HttpMethod.Post, "/v1/events", string.Join('\n', events), type: "application/x-ndjson");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>Returns the rollups after all accepted events are included.</summary>
    private async Task<string> WaitUntilSettledAsync()
    {
        await Eventually.IsTrueAsync(
            async () => (await SendAsync(HttpMethod.Get, "/v1/quality", null))["backlog"]!["settled"]!.GetValue<bool>(), "the rollups include all accepted events");
        var rollups = await SendAsync(HttpMethod.Get, Rollups, null);
        rollups.AsObject().Remove("computedAt");
        rollups.AsObject().Remove("lag");
        return rollups.ToJsonString();
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path);
        return answer.StatusCode;
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body)
    {
        using var answer = await host.SendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
