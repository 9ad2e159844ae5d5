using System.Net;
using System.Text;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Ingest.Api;

/// <summary>The served snippet and the visits that it reports.</summary>
public sealed class VisitEndpointTests : IAsyncLifetime
{
    private const string Visit = """{"id":"p-1","url":"https://shop.example/spring?utm_source=instagram&atr_cid=k-1","visitorId":"v-1","referrer":""}""";
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None });
    private IngestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await IngestHost.StartAsync();
        http.BaseAddress = host.Client.BaseAddress;
        await PutAsync(
            new BrandItem("default", "Default", Origins: ["https://shop.example", "https://müller.example"]),
            new BrandItem("glow", "Glow", Origins: ["https://glow.example", "http://127.0.0.1:5000"]), new BrandItem("bare", "Bare"));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Snippet_is_smaller_than_two_kibibytes(string encoding)
    {
        using var answer = await GetAsync(("Accept-Encoding", encoding));
        answer.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length.ShouldBeLessThan(2048);
    }

    [Fact]
    public async Task Snippet_is_cached_for_an_hour_and_then_revalidated_by_etag()
    {
        using var answer = await GetAsync(("Accept-Encoding", "br;q=0, gzip;q=0"));
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/javascript; charset=utf-8");
        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=3600");
        answer.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldStartWith("(function");
        using var again = await GetAsync(("If-None-Match", answer.Headers.ETag!.ToString()));
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var compressed = await GetAsync(("If-None-Match", answer.Headers.ETag!.ToString()), ("Accept-Encoding", "br"));
        compressed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Visit_gets_the_current_time_and_the_user_agent_of_the_request()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var (status, answer) = await PostAsync(Visit, "https://shop.example");
        status.ShouldBe(HttpStatusCode.Accepted, answer);
        await Eventually.IsTrueAsync(() => host.Recorder.Events.Count == 1, "the visit came in");
        var visit = JsonDocument.Parse(host.Recorder.Events.Single()).RootElement;
        (visit.GetProperty("type").GetString(), visit.GetProperty("id").GetString(), visit.GetProperty("visitorId").GetString(), visit.GetProperty("userAgent").GetString())
            .ShouldBe(("visit", "p-1", "v-1", "Mozilla/5.0 (iPhone) Instagram 300"));
        visit.GetProperty("occurredAt").GetDateTimeOffset().ShouldBeInRange(before, DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Theory]
    [InlineData("https://shop.example", HttpStatusCode.Accepted)]
    [InlineData("https://xn--mller-kva.example", HttpStatusCode.Accepted)]
    [InlineData("https://glow.example", HttpStatusCode.Forbidden)]
    [InlineData("http://shop.example", HttpStatusCode.Forbidden)]
    [InlineData("https://shop.example.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("https://shop.example:444", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Only_origins_of_the_brand_may_report_visits(string? origin, HttpStatusCode expected)
    {
        using var answer = await SendAsync("/v1/visits", Visit, origin);
        answer.StatusCode.ShouldBe(expected);
        answer.Headers.Vary.ShouldBe(["Origin"]);
        (answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null).ShouldBe(expected == HttpStatusCode.Accepted ? origin : null);
        if (expected != HttpStatusCode.Accepted) host.Spool.Depth.ShouldBe(0);
    }

    [Theory]
    [InlineData("go.shop.example", "https://www.shop.example", "shop.example", true)]
    [InlineData("go.shop.example", "https://shop.example", ".shop.example", true)]
    [InlineData("shop.example", "https://shop.example", "shop.example", true)]
    [InlineData("go.other.example", "https://shop.example", "shop.example", false)]
    [InlineData("go.shop.example", "https://glow.example", "shop.example", false)]
    [InlineData("goshop.example", "https://shop.example", "shop.example", false)]
    [InlineData("go.shop.example", "https://shop.example", "example", false)]
    [InlineData("go.shop.example", "https://shop.example", null, false)]
    public async Task Answer_sets_the_cookies_on_the_domain_of_page_and_host(string served, string origin, string? domain, bool sets)
    {
        await PutOriginsAsync("https://www.shop.example", "https://shop.example", "https://glow.example");
        var key = await AddAsync("shop", KeyScopes.Visit, "default");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/visits?key=" + key);
        var member = domain is null ? "" : $",\"domain\":\"{domain}\"";
        request.Content = new StringContent($$"""{"id":"p-1","url":"https://shop.example/?atr_cid=k-1","visitorId":"v-1"{{member}}}""", Encoding.UTF8, "text/plain");
        request.Headers.Host = served;
        request.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(request, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []).ShouldBe(sets
            ?
            [
                "atr_visitor=v-1; max-age=31536000; domain=shop.example; path=/; samesite=lax",
                "atr_click=k-1; max-age=31536000; domain=shop.example; path=/; samesite=lax",
            ]
            : []);
    }

    [Fact]
    public async Task Publishable_key_in_the_url_selects_its_brand()
    {
        var glow = await AddAsync("glow", KeyScopes.Visit, "glow");
        var bare = await AddAsync("bare", KeyScopes.Visit, "bare");
        var secret = await AddAsync("secret", KeyScopes.Visit | KeyScopes.Ingest, "glow");
        (await PostAsync(Visit, "https://glow.example", glow)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync(Visit, "https://shop.example", glow)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(Visit, "https://glow.example", bare)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(Visit, "https://glow.example")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(Visit, "https://glow.example", secret)).Answer.ShouldContain("Revoke it");
        using var events = await SendAsync("/v1/events?key=" + glow, TestEvents.Click("c-1"), null);
        events.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Eventually.IsTrueAsync(() => host.Recorder.Committed.Count == 1, "the one visit came in");
        (host.Recorder.Committed.Single().BrandId, host.Recorder.Committed.Single().Source).ShouldBe(("glow", "snippet"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"id":"p-1"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"id":"p-1","url":"https://shop.example/","occurredAt":"2020-01-01T00:00:00Z"}""", HttpStatusCode.BadRequest)]
    // A readable but invalid visit is stored with its reason, as on every endpoint.
    [InlineData("""{"id":"p-1","url":"javascript:alert(1)"}""", HttpStatusCode.UnprocessableEntity)]
    public async Task Invalid_visit_is_rejected(string body, HttpStatusCode expected)
    {
        var (status, answer) = await PostAsync(body, "https://shop.example");
        status.ShouldBe(expected);
        if (status == HttpStatusCode.UnprocessableEntity) answer.ShouldContain("url_invalid");
    }

    [Fact]
    public async Task Body_over_the_limit_is_rejected() =>
        (await PostAsync($$"""{"id":"p-1","url":"https://shop.example/{{new string('a', 20_000)}}"}""", "https://shop.example")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
    }

    private Task PutOriginsAsync(params string[] origins) => PutAsync(new BrandItem("default", "Default", Origins: origins));

    private async Task PutAsync(params ICatalogItem[] items) =>
        (await host.Store.Catalog.WriteChangeAsync(
            new CatalogChange
            {
                ExpectedVersion = await host.Store.Catalog.ReadCatalogVersionAsync(Cancellation),
                Puts = [.. items.Select(item => KeyValuePair.Create(CatalogKinds.RefOf(item), item))],
                At = new Timestamp(0),
            },
            Cancellation)).ShouldBeTrue();

    private async Task<string> AddAsync(string name, KeyScopes scopes, string brand)
    {
        var key = ApiKey.Create();
        await host.Store.Credentials.AddKeyAsync(
            new ApiKeyDocument { Id = key.Id, Name = name, Hash = [.. key.ComputeHash()], Scopes = scopes, Brand = brand, Source = "snippet", CreatedAt = new Timestamp(1) }, Cancellation);
        await host.Services.GetRequiredService<ApiCredentialCache>().RefreshAsync(Cancellation);
        return key.Text;
    }

    private async Task<HttpResponseMessage> GetAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/attribution.js");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await http.SendAsync(request, Cancellation);
    }

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(string body, string origin, string? key = null)
    {
        using var answer = await SendAsync("/v1/visits" + (key is null ? "" : "?key=" + key), body, origin);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "text/plain") };
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (iPhone) Instagram 300");
        if (origin is not null) request.Headers.Add("Origin", origin);
        return await http.SendAsync(request, Cancellation);
    }
}
