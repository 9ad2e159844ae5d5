using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Microsoft.AspNetCore.Routing;

namespace Attribution.Host.Tests.Access;

/// <summary>Authorization of every route of a complete host, for every kind of key.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private static readonly Timestamp Now = Timestamp.From(TimeProvider.System.GetUtcNow());

    private readonly Dictionary<string, string> keys = [];
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.BuildAsync();
        await host.GetService<ICatalogStore>().AddAsync("glow", "JPY");
        foreach (var scope in new[] { KeyScopes.Ingest, KeyScopes.Read, KeyScopes.Admin, KeyScopes.Visit, KeyScopes.Edit })
        {
            await AddAsync(scope.ToString(), scope, key => key);
            await AddAsync($"{scope} of glow", scope, key => key with { Brand = "glow" });
            await AddAsync($"{scope} revoked", scope, key => key with { RevokedAt = Now });
            await AddAsync($"{scope} expired", scope, key => key with { ExpiresAt = Now });
        }

        await host.StartAsync();
    }

    /// <summary>Routes by required scope; a route that is missing here or no longer exists fails the test.</summary>
    private static readonly Dictionary<string, KeyScopes> RequiredScopes = new(StringComparer.Ordinal)
    {
        ["POST /v1/events"] = KeyScopes.Ingest,
        ["POST /v1/visits"] = KeyScopes.Visit,
        ["GET /attribution.js"] = KeyScopes.None,
        ["POST /v1/webhooks/{vendor}/{source}"] = KeyScopes.None,
        ["GET /r/{slug}"] = KeyScopes.None,
        ["GET /r/{brand}/{slug}"] = KeyScopes.None,
        ["GET /healthz"] = KeyScopes.None,
        ["GET /healthz/live"] = KeyScopes.None,
        ["GET /healthz/ready"] = KeyScopes.None,
        ["GET /openapi/{documentName}.json"] = KeyScopes.None,
        ["GET /docs/{**path}"] = KeyScopes.None,
        [@"GET /docs/{asset:regex(\.(html|js|css|png)$)}"] = KeyScopes.None,
        ["GET /sign-in"] = KeyScopes.None,
        ["POST /sign-in"] = KeyScopes.None,
        ["GET /invitation"] = KeyScopes.None,
        ["POST /invitation"] = KeyScopes.None,
        ["POST /sign-out"] = KeyScopes.None,
        ["POST /sign-out/everywhere"] = KeyScopes.None,
        ["GET /assets/{digest}/{name}"] = KeyScopes.None,
        ["POST /v1/rejections/replay"] = KeyScopes.Edit,
        ["POST /quality/replay"] = KeyScopes.Edit,
        ["POST /catalog/{kind}/item"] = KeyScopes.Edit,
        ["POST /catalog/{kind}/delete"] = KeyScopes.Edit,
        ["POST /catalog/{kind}/import"] = KeyScopes.Edit,
        ["POST /start/creator"] = KeyScopes.Edit,
        ["POST /start/cost"] = KeyScopes.Edit,
        ["POST /what-if"] = KeyScopes.Read,
        ["GET /settings"] = KeyScopes.Admin,
        ["GET /settings/users"] = KeyScopes.Admin,
        ["GET /settings/users/{name}"] = KeyScopes.Admin,
        ["GET /settings/keys"] = KeyScopes.Admin,
        ["GET /v1/webhook-subscriptions"] = KeyScopes.Admin,
        ["GET /v1/webhook-subscriptions/{id}"] = KeyScopes.Admin,
        ["GET /v1/webhook-subscriptions/{id}/deliveries"] = KeyScopes.Admin,
        ["POST /v1/what-if"] = KeyScopes.Read,
        ["POST /v1/code-usage/compare"] = KeyScopes.Read,
        ["GET /v1/reconcile/{id}"] = KeyScopes.Admin,
        ["GET /v1/rebuild/{id}"] = KeyScopes.Admin,
        ["GET /v1/audit"] = KeyScopes.Admin,
    };

    /// <summary>Kinds of catalog items that editors may write; brands require the scope admin.</summary>
    private static readonly string[] EditedKinds = ["creators", "campaigns", "links", "codes", "utm-rules", "agreements", "costs", "fx-rates", "monthly-nets", "publishers"];

    /// <summary>Routes that affect every brand and therefore require a key without a brand.</summary>
    private static readonly string[] RoutesAcrossBrands = ["POST /v1/reconcile", "POST /v1/rebuild", "GET /v1/audit"];

    private static KeyScopes RequiredScopesOf(string method, string pattern) =>
        RequiredScopes.TryGetValue($"{method} {pattern}", out var scope) ? scope
        : method == "GET" ? KeyScopes.Read
        : EditedKinds.Any(kind => pattern.StartsWith($"/v1/{kind}/", StringComparison.Ordinal)) ? KeyScopes.Edit
        : KeyScopes.Admin;

    [Fact]
    public async Task Every_route_enforces_the_scopes_of_each_kind_of_key()
    {
        var wrong = new List<string>();
        var routes = Routes().ToList();
        routes.Count.ShouldBeGreaterThan(50);
        foreach (var (method, pattern, path) in routes)
        {
            var needed = RequiredScopesOf(method, pattern);
            await ExpectAsync(null, needed == KeyScopes.None ? null : HttpStatusCode.Unauthorized);
            foreach (var (name, key) in keys)
            {
                var scope = Enum.Parse<KeyScopes>(name.Split(' ')[0]);
                var expected = needed == KeyScopes.None ? (HttpStatusCode?)null
                    : name.EndsWith("revoked", StringComparison.Ordinal) || name.EndsWith("expired", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized
                    : name.EndsWith("of glow", StringComparison.Ordinal) && RoutesAcrossBrands.Contains($"{method} {pattern}") ? HttpStatusCode.Forbidden
                    : scope == needed || (scope == KeyScopes.Admin && needed is KeyScopes.Read or KeyScopes.Edit) || (scope == KeyScopes.Edit && needed == KeyScopes.Read) ? null
                    : HttpStatusCode.Forbidden;
                await ExpectAsync((name, key), expected);
            }

            async Task ExpectAsync((string Name, string Key)? sent, HttpStatusCode? expected)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (sent is { } with) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", with.Key);
                using var answer = await host.Http.SendAsync(
                    request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
                var passed = answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
                if (expected is null ? !passed : answer.StatusCode != expected) wrong.Add($"{method} {path} with {sent?.Name ?? "no key"}: {(int)answer.StatusCode}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/v1/codes/import", "Edit", "text/csv")]
    [InlineData("/v1/brands/import", "Admin", "text/csv")]
    [InlineData("/v1/codes/generate", "Edit of glow", "application/json")]
    [InlineData("/v1/what-if", "Read", "application/json")]
    [InlineData("/v1/erase", "Admin", "application/json")]
    [InlineData("/v1/visits", "Visit", "text/plain")]
    public async Task Unread_media_type_is_answered_with_those_that_are_read(string path, string key, string read)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, path, "{}", keys[key], "application/xml");
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain(read);
        using var json = await host.SendAsync(HttpMethod.Post, path, "{}", keys[key], read == "text/csv" ? "application/json" : "application/pdf");
        json.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using var denied = await host.SendAsync(HttpMethod.Post, path, "{}", keys["Ingest"], "application/xml");
        denied.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Brand_key_queries_only_its_brand()
    {
        foreach (var (method, pattern, path) in Routes().ToList())
        {
            if (method != "GET" || !TakesBrand(pattern)) continue;
            var asked = path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?');
            var key = RequiredScopesOf(method, pattern) == KeyScopes.Admin ? "Admin" : "Read";
            (await StatusAsync($"{key} of glow", asked + "brand=default")).ShouldBe(HttpStatusCode.Forbidden, asked);
            (await StatusAsync($"{key} of glow", asked + "brand=glow")).ShouldNotBe(HttpStatusCode.Forbidden, asked);
            (await StatusAsync(key, asked + "brand=default")).ShouldNotBe(HttpStatusCode.Forbidden, asked);
        }

        const string rollups = "/v1/rollups/daily?from=2026-03-01&to=2026-03-01";
        (await TextAsync("Read of glow", rollups)).ShouldContain("\"currency\":\"JPY\"");
        (await TextAsync("Read", rollups)).ShouldContain("\"currency\":\"USD\"");
    }

    [Fact]
    public async Task Brand_key_writes_and_sees_only_its_brand()
    {
        await PutAsync("Admin", "campaigns/theirs", """{"name":"Theirs"}""", 201);
        await PutAsync("Admin", "creators/mia", """{"name":"Mia"}""", 201);
        await PutAsync("Admin of glow", "campaigns/ours", """{"name":"Ours","brandId":"glow"}""", 201);
        await PutAsync("Admin of glow", "codes/ours", """{"code":"OURS","campaignId":"ours","creatorId":"mia"}""", 201);
        await PutAsync(
            "Admin of glow", "codes/theirs", """{"code":"OURS","campaignId":"theirs","creatorId":"mia"}""", 400);
        await PutAsync("Admin of glow", "campaigns/theirs", """{"name":"Taken","brandId":"glow"}""", 400);
        await PutAsync("Admin of glow", "creators/mia", """{"name":"Other"}""", 403);
        await PutAsync("Admin of glow", "brands/default", """{"name":"Taken"}""", 403);
        await PutAsync("Admin of glow", "brands/glow", """{"name":"Glow","currency":"JPY"}""", 200);

        (await StatusAsync("Admin of glow", "/v1/campaigns/ours")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("Admin of glow", "/v1/campaigns/theirs")).ShouldBe(HttpStatusCode.NotFound);
        (await TextAsync("Read of glow", "/v1/campaigns")).ShouldNotContain("theirs");
        (await TextAsync("Read of glow", "/v1/creators")).ShouldContain("mia");
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/v1/campaigns/theirs") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", keys["Admin of glow"]) } };
        (await host.Http.SendAsync(delete, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Event_gets_source_and_brand_of_its_key_and_may_not_name_others()
    {
        (await PostAsync("Ingest of glow", TestEvents.Click("own"))).ShouldContain("accepted\":1");
        (await PostAsync("Ingest of glow", TestEvents.Click("brand", ",\"brandId\":\"default\""))).ShouldContain("brand_unknown");
        (await PostAsync("Ingest of glow", TestEvents.Click("source", ",\"source\":\"other\""))).ShouldContain("source_not_allowed");
        (await PostAsync("Ingest", TestEvents.Click("brand", ",\"brandId\":\"glow\""))).ShouldContain("accepted\":1");
    }

    [Fact]
    public async Task Browser_may_send_the_key_as_basic_password_for_reading_only()
    {
        var password = Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{keys["Admin"]}"));
        using var page = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Authorization = new AuthenticationHeaderValue("Basic", password) } };
        (await host.Http.SendAsync(page, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var write = new HttpRequestMessage(HttpMethod.Delete, "/v1/creators/mia") { Headers = { Authorization = new AuthenticationHeaderValue("Basic", password) } };
        (await host.Http.SendAsync(write, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        using var browser = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" } } };
        using var asked = await host.Http.SendAsync(browser, Cancellation);
        asked.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Basic");
        using var program = await host.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), Cancellation);
        program.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
    }

    [Theory]
    [InlineData("Bearer", "")]
    [InlineData("Bearer", "atr_")]
    [InlineData("Bearer", "atr_aaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Bearer", "ATR_aaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Basic", "!!!")]
    [InlineData("Basic", "")]
    [InlineData("Digest", "x")]
    public async Task Invalid_key_is_rejected(string scheme, string parameter)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {parameter}");
        (await host.Http.SendAsync(request, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Key_with_one_changed_character_is_rejected()
    {
        var key = keys["Read"];
        for (var i = key.Length - 32; i < key.Length; i++)
        {
            keys["mistyped"] = key[..i] + (key[i] == 'a' ? 'b' : 'a') + key[(i + 1)..];
            (await StatusAsync("mistyped", "/v1/models")).ShouldBe(HttpStatusCode.Unauthorized);
        }

        keys.Remove("mistyped");
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(1001L, null, true)]
    [InlineData(1000L, null, false)]
    [InlineData(null, 1000L, false)]
    [InlineData(null, 7_201_000L, false)]
    public void Key_is_valid_until_it_expires_or_is_revoked(long? expires, long? revoked, bool holds) =>
        new ApiKeyDocument
        {
            Id = "a", Name = "a", Hash = [], Scopes = KeyScopes.Read, Source = "a", CreatedAt = new Timestamp(0),
            ExpiresAt = expires is { } end ? new Timestamp(end) : null, RevokedAt = revoked is { } at ? new Timestamp(at) : null,
        }.IsValidAt(new Timestamp(1000)).ShouldBe(holds);

    [Fact]
    public async Task Key_is_stored_only_as_a_hash()
    {
        await StatusAsync("Read", "/v1/models");
        await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);
        var store = host.GetService<ICredentialStore>();
        (await store.ListKeysAsync(Cancellation)).Single(key => key.Name == "Read").LastUsedAt.ShouldNotBeNull();
        await host.App.StopAsync(Cancellation);
        foreach (var file in Directory.GetFiles(host.Data, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "host.lock") continue;
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(open, Encoding.Latin1);
            (await reader.ReadToEndAsync(Cancellation)).Contains(keys["Read"][^32..], StringComparison.Ordinal).ShouldBeFalse(file);
        }
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task AddAsync(string name, KeyScopes scope, Func<ApiKeyDocument, ApiKeyDocument> more) =>
        keys[name] = (await host.AddKeyAsync(name, scope, more: more)).Text;

    /// <summary>All routes of the host, each with an example path.</summary>
    private IEnumerable<(string Method, string Pattern, string Path)> Routes() =>
        from endpoint in Endpoints()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method != "HEAD"
        let pattern = endpoint.RoutePattern.RawText!
        let path = pattern.Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{**path}", "index.html", StringComparison.Ordinal)
        select (method, "/" + pattern.TrimStart('/'), "/" + System.Text.RegularExpressions.Regex.Replace(path, "{[^}]*}", "x").TrimStart('/'));

    private IEnumerable<RouteEndpoint> Endpoints() => host.GetService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private bool TakesBrand(string pattern) => Endpoints().Any(endpoint =>
        "/" + endpoint.RoutePattern.RawText!.TrimStart('/') == pattern && endpoint.Metadata.GetMetadata<QueryParameterNames>()?.Names.Contains("brand") == true);

    private async Task<HttpStatusCode> StatusAsync(string key, string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path, key: keys[key]);
        return answer.StatusCode;
    }

    private async Task<string> TextAsync(string key, string path)
    {
        using var answer = await host.SendAsync(HttpMethod.Get, path, key: keys[key]);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private async Task PutAsync(string key, string item, string body, int status)
    {
        using var answer = await host.SendAsync(HttpMethod.Put, "/v1/" + item, body, keys[key]);
        ((int)answer.StatusCode).ShouldBe(status, $"{key} {item}: {await answer.Content.ReadAsStringAsync(Cancellation)}");
    }

    private async Task<string> PostAsync(string key, string body)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, "/v1/events", body, keys[key]);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
