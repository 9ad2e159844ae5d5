using System.Net;
using System.Text.Json.Nodes;
using Attribution.Host.Access;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Builder;

namespace Attribution.Host.Tests.Access;

/// <summary>Rate limits of keys, the audit log of changes, and the security headers of every answer.</summary>
public sealed class RateLimitAndAuditTests : IAsyncLifetime
{
    private readonly Dictionary<string, ApiKey> keys = [];
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.BuildAsync(null, "--Host:RateLimit:Requests=3", "--Host:RateLimit:Per=01:00:00", "--Host:SignIn:Proxies=127.0.0.1");
        foreach (var (name, scopes) in new[] { ("shop", KeyScopes.Read), ("desk", KeyScopes.Read), ("chief", KeyScopes.Admin) })
            keys[name] = await host.AddKeyAsync(name, scopes);
        host.App.MapPost("/test/look", async (IAuditStore audit) =>
            string.Join("; ", (await audit.ReadAuditLogAsync(null, 10, Cancellation)).Select(entry => $"{entry.Action}, {(entry.Status is null ? "the outcome is not known yet" : $"{entry.Status}")}")));
        await host.StartAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Key_gets_its_rate_limit_headers_and_is_limited_separately()
    {
        foreach (var remaining in new[] { "2", "1", "0" })
        {
            using var answer = await SendAsync("shop", HttpMethod.Get, "/v1/models");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (HeaderOf(answer, "RateLimit-Limit"), HeaderOf(answer, "RateLimit-Remaining")).ShouldBe(("3", remaining));
            int.Parse(HeaderOf(answer, "RateLimit-Reset")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 3_600);
        }

        using var refused = await SendAsync("shop", HttpMethod.Get, "/v1/models");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancellation))!["detail"]!.GetValue<string>().ShouldContain("3 requests per 01:00:00");

        using var another = await SendAsync("desk", HttpMethod.Get, "/v1/models");
        HeaderOf(another, "RateLimit-Remaining").ShouldBe("2");
        using var open = await host.SendAsync(HttpMethod.Get, "/healthz/live");
        (open.StatusCode, HeaderOf(open, "RateLimit-Limit")).ShouldBe((HttpStatusCode.OK, null));
    }

    [Fact]
    public async Task Address_does_not_use_up_the_limit_of_others_with_the_same_key()
    {
        foreach (var (address, remaining) in new[] { ("203.0.113.9", "2"), ("203.0.113.9", "1"), ("203.0.113.10", "2"), ("2001:db8::1", "2"), ("2001:db8::2", "1"), ("2001:db8:0:1::1", "2") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Authorization = new("Bearer", keys["shop"].Text);
            request.Headers.Add("X-Forwarded-For", address);
            using var answer = await host.Http.SendAsync(request, Cancellation);
            HeaderOf(answer, "RateLimit-Remaining").ShouldBe(remaining, address);
        }
    }

    [Fact]
    public async Task Audit_records_operator_actions_with_name_and_outcome_but_no_reads()
    {
        using (await SendAsync("chief", HttpMethod.Put, "/v1/creators/mia", """{"name":"Secret of mine"}""")) { }
        using (await SendAsync("chief", HttpMethod.Delete, "/v1/creators/none?x=secret")) { }
        using (await SendAsync("desk", HttpMethod.Delete, "/v1/creators/mia")) { }
        using var answer = await SendAsync("chief", HttpMethod.Get, "/v1/audit");
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        JsonNode.Parse(text)!["entries"]!.AsArray().Select(entry => $"{entry!["by"]} {entry["keyId"]} {entry["action"]} {entry["status"]}").ShouldBe(
            [$"chief {keys["chief"].Id} DELETE /v1/creators/none 400", $"chief {keys["chief"].Id} PUT /v1/creators/mia 201"]);
        text.ShouldNotContain("ecret");
    }

    [Fact]
    public async Task Audit_records_an_action_before_it_is_performed()
    {
        using var answer = await SendAsync("chief", HttpMethod.Post, "/test/look");
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("POST /test/look, the outcome is not known yet");
    }

    [Fact]
    public async Task Responses_carry_restrictive_browser_headers()
    {
        using var answer = await SendAsync("shop", HttpMethod.Get, "/v1/models");
        HeaderOf(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        HeaderOf(answer, "Referrer-Policy").ShouldBe("no-referrer");
        HeaderOf(answer, "Cache-Control").ShouldBe("no-store");
        var policy = HeaderOf(answer, "Content-Security-Policy")!.Split("; ");
        policy[0].ShouldBe("default-src 'none'");
        policy.ShouldContain("script-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        answer.Headers.Server.ShouldBeEmpty();
    }

    private Task<HttpResponseMessage> SendAsync(string key, HttpMethod method, string path, string? body = null) => host.SendAsync(method, path, body, keys[key].Text);

    private static string? HeaderOf(HttpResponseMessage answer, string header) => answer.Headers.TryGetValues(header, out var values) ? string.Join(", ", values) : null;
}
