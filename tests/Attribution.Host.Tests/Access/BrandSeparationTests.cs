using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Host.Access;
using Attribution.Host.Tests.Fixtures;
using Attribution.Storage.Access;
using Attribution.Storage.Catalog;
using Attribution.Storage.Rejections;
using Attribution.TestKit;
using Microsoft.AspNetCore.Routing;

namespace Attribution.Host.Tests.Access;

/// <summary>
/// Answers to callers of the brand <c>ours</c> about what the brand <c>beta</c> has, compared with the answers about
/// what nobody has. Names of beta begin with <c>beta</c>, names that nobody has with <c>gone</c>.
/// </summary>
public sealed partial class BrandSeparationTests : IAsyncLifetime
{
    private const string Days = "from=2026-10-01&to=2026-11-30";
    private const string Theirs = "beta";
    private const string Nobodys = "gone";

    private readonly Dictionary<string, string> keys = [];
    private readonly Dictionary<string, string> ids = [];
    // Without cookies, so that no answer depends on an earlier one.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private TestHost host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Routes whose answers depend on no name of a brand, with the reason.</summary>
    private static Dictionary<string, string> Exempt => new(StringComparer.Ordinal)
    {
        ["GET /r/{slug}"] = "public: whoever has the address follows the link",
        ["GET /r/{brand}/{slug}"] = "public: whoever has the address follows the link",
        ["POST /v1/webhooks/{vendor}/{source}"] = "public: a shop signs with its own secret",
        ["GET /attribution.js"] = "public: a file", ["GET /assets/{digest}/{name}"] = "public: a file",
        ["GET /docs/{**path}"] = "public: a file", [@"GET /docs/{asset:regex(\.(html|js|css|png)$)}"] = "public: a file",
        ["GET /openapi/{documentName}.json"] = "public: a file",
        ["GET /healthz"] = "public: the process", ["GET /healthz/live"] = "public: the process", ["GET /healthz/ready"] = "public: the process",
        ["GET /sign-in"] = "public: no caller yet", ["POST /sign-in"] = "public: no caller yet",
        ["GET /invitation"] = "public: the link is the permission", ["POST /invitation"] = "public: the link is the permission",
        ["POST /sign-out"] = "public: the own session",
        ["POST /sign-out/everywhere"] = "public: the own sessions",
        ["POST /settings/keys"] = "creates a key of the caller's brand, whatever the form says",
        ["POST /settings/users"] = "creates a user of the caller's brand, whatever the form says",
        ["POST /settings/webhooks"] = "adds a secret of the caller's brand, whatever the form says",
        ["POST /statements/close"] = "closes the statements of the caller's brand, whatever the form says",
        ["POST /creators/{id}/statements/{month}/approve"] = "approves for the caller's brand, whatever the form says",
        ["POST /creators/{id}/statements/{month}/close"] = "closes a statement of the caller's brand, whatever the form says",
        ["POST /creators/{id}/statements/{month}/paid"] = "pays a statement of the caller's brand, whatever the form says",
        ["POST /start/brand"] = "writes the caller's brand, whatever the form says",
        ["POST /start/creator"] = "writes items of the caller's brand, whatever the form says",
        ["POST /start/cost"] = "writes a cost of the caller's brand, whatever the form says",
        ["POST /start/order"] = "sends an order of the caller's brand, whatever the form says",
        ["POST /v1/reconcile"] = "covers all brands: refused", ["POST /v1/rebuild"] = "covers all brands: refused",
    };

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.BuildAsync(
            null, "--Host:RateLimit:Requests=0", "--Host:SignIn:Proxies=127.0.0.1", "--Host:SignIn:UserHeader=X-User");
        foreach (var scope in new[] { KeyScopes.Read, KeyScopes.Edit, KeyScopes.Admin, KeyScopes.Ingest, KeyScopes.Visit })
            keys[$"{scope}"] = (await host.AddKeyAsync($"{scope} of ours", scope, more: key => key with { Brand = "ours" })).Text;
        var theirs = await host.AddKeyAsync("beta-key", KeyScopes.Admin, more: key => key with { Brand = Theirs });
        keys["theirs"] = theirs.Text;
        ids["~K"] = theirs.Id;
        keys["all"] = (await host.AddKeyAsync("all", KeyScopes.Admin | KeyScopes.Ingest)).Text;
        keys["send"] = (await host.AddKeyAsync("send", KeyScopes.Ingest, more: key => key with { Brand = Theirs })).Text;
        foreach (var (name, scope) in new[] { ("vera", KeyScopes.Read), ("ed", KeyScopes.Edit), ("ada", KeyScopes.Admin) })
            await host.GetService<IUserStore>().AddUserAsync(new UserDocument { Name = name, Scopes = scope, Brand = "ours", CreatedAt = default }, Cancellation);
        await host.GetService<IUserStore>().AddUserAsync(new UserDocument { Name = "beta-user", Scopes = KeyScopes.Read, Brand = Theirs, CreatedAt = default }, Cancellation);
        ids["~S"] = "abcdefghij";
        await host.GetService<IWebhookSecretStore>().AddWebhookSecretAsync(
            new() { Id = ids["~S"], Vendor = "generic", Source = "beta-shop", Brand = Theirs, Secret = "s", CreatedAt = default }, Cancellation);
        await host.GetService<ICatalogStore>().AddAsync(Theirs);
        await host.GetService<ICatalogStore>().AddAsync("ours");
        await host.StartAsync();
        http.BaseAddress = host.Address;
        await FillAsync();
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return host.DisposeAsync();
    }

    [Fact]
    public async Task Answers_do_not_tell_what_other_brands_have()
    {
        var probes = Probes().ToLookup(probe => $"{probe.Method} {probe.Pattern}", StringComparer.Ordinal);
        var routes = Routes().ToList();
        routes.Select(route => route.Name).Where(name => !probes.Contains(name) && !Exempt.ContainsKey(name)).ShouldBeEmpty("routes without a probe");
        probes.Select(probe => probe.Key).Concat(Exempt.Keys).Except(routes.Select(route => route.Name)).ShouldBeEmpty("probes without a route");
        var wrong = new List<string>();
        // Writes come last: what they are refused for is listed as the caller's own rejections.
        foreach (var route in routes.OrderBy(route => !route.Name.StartsWith("GET ", StringComparison.Ordinal)))
        {
            var all = probes[route.Name].ToList();
            if (all.Count > 0 && route.TakesBrand) all.Add(all[0] with { Path = WithBrand(all[0].Path) });
            foreach (var probe in all)
            {
                foreach (var caller in Callers())
                {
                    var (told, untold) = (await AskAsync(probe, caller, Theirs), await AskAsync(probe, caller, Nobodys));
                    if (told != untold) wrong.Add($"{probe} as {caller}:{Environment.NewLine}{told}{Environment.NewLine}{untold}");
                    else if (told.Contains(Theirs, StringComparison.OrdinalIgnoreCase)) wrong.Add($"{probe} as {caller} names {Theirs}:{Environment.NewLine}{told}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probes_ask_for_what_the_other_brand_has()
    {
        foreach (var probe in Probes().Where(probe => probe.Exists))
            (await AskAsync(probe, "theirs", Theirs)).ShouldStartWith("200", Case.Sensitive, probe.ToString());
    }

    [Fact]
    public async Task Id_of_another_brand_is_not_available()
    {
        var (status, body) = await SendAsync("Edit", HttpMethod.Put, "/v1/codes/beta-code", """{"code":"OURS","campaignId":"our-camp","creatorId":"mia"}""");
        status.ShouldBe(400);
        body.ShouldContain("id_taken");
        (await SendAsync("Edit", HttpMethod.Put, "/v1/codes/our-code2", """{"code":"beta10","campaignId":"our-camp","creatorId":"mia"}""")).Status.ShouldBe(201, "codes are unique within a brand");
    }

    /// <summary>Gives both brands data, and the other brand everything that the probes ask for.</summary>
    private async Task FillAsync()
    {
        await host.GetService<ApiCredentialCache>().RefreshAsync(Cancellation);
        await OkAsync("all", HttpMethod.Put, "/v1/creators/mia", """{"name":"Mia"}""");
        await OkAsync("all", HttpMethod.Put, "/v1/creators/tom", """{"name":"Tom"}""");
        foreach (var (kind, id, body) in Kinds.Skip(1))
            await OkAsync("all", HttpMethod.Put, $"/v1/{kind}/{id.Replace("$", Theirs, StringComparison.Ordinal)}", body.Replace("$", Theirs, StringComparison.Ordinal));
        await OkAsync("all", HttpMethod.Put, "/v1/brands/beta", """{"name":"Beta","origins":["https://beta.example"]}""");
        await OkAsync("all", HttpMethod.Put, "/v1/brands/ours", """{"name":"Ours","origins":["https://ours.example"]}""");
        await OkAsync("all", HttpMethod.Put, "/v1/campaigns/our-camp", """{"name":"Our campaign","brandId":"ours"}""");
        await OkAsync("all", HttpMethod.Put, "/v1/links/our-link", """{"slug":"our-slug","destination":"https://shop.example/","campaignId":"our-camp","creatorId":"mia"}""");
        await OkAsync("send", HttpMethod.Post, "/v1/events", """
            [{"type":"click","id":"1","occurredAt":"2026-10-02T00:00:00Z","link":"beta-slug","visitorId":"beta-visitor"},
             {"type":"redemption","id":"2","occurredAt":"2026-10-02T01:00:00Z","orderId":"beta-order","codes":["beta10"],"currency":"USD","gross":"100.00","customerKey":"beta-customer","visitorId":"beta-visitor"},
             {"type":"conversion","id":"beta-rejected","occurredAt":"2026-10-02T01:00:00Z","kind":"order","orderId":"beta-bad","currency":"XXX","gross":"1.00"}]
            """);
        await Eventually.IsTrueAsync(
            async () => (await SendAsync("theirs", HttpMethod.Get, $"/v1/rollups/daily?{Days}")).Body.Contains("\"orders\":1", StringComparison.Ordinal), "the order is folded");
        await Eventually.IsTrueAsync(
            async () => (await host.GetService<IRejectionStore>().ListRejectionsAsync(new(Theirs, Resolved: false), null, 10, Cancellation)).Rejections.Count > 0, "the rejection is stored");
        var rejection = (await host.GetService<IRejectionStore>().ListRejectionsAsync(new(Theirs, Resolved: false), null, 10, Cancellation)).Rejections[0].Id;
        ids["~R"] = rejection.ToString();
        ids["~H"] = JsonNode.Parse(await OkAsync("theirs", HttpMethod.Post, "/v1/webhook-subscriptions", """{"url":"https://beta.example/"}"""))!["id"]!.ToString();
        ids["~N"] = JsonNode.Parse(await OkAsync("theirs", HttpMethod.Post, "/v1/statements/close", """{"month":"2026-10"}"""))!["statements"]![0]!["number"]!.ToString();
        ids["~W"] = JsonNode.Parse(await OkAsync("theirs", HttpMethod.Post, "/v1/what-if", """{"from":"2026-10-01","to":"2026-10-31","model":"linear"}"""))!["id"]!.ToString();
        await Eventually.IsTrueAsync(
            async () => (await SendAsync("theirs", HttpMethod.Get, $"/v1/what-if/{ids["~W"]}")).Body.Contains("\"done\"", StringComparison.Ordinal), "the run ends");
        await Eventually.IsTrueAsync(
            async () => (await SendAsync("theirs", HttpMethod.Get, "/v1/quality")).Body.Contains("\"settled\":true", StringComparison.Ordinal), "nothing waits");
    }

    private static IEnumerable<string> Callers() => ["Read", "Edit", "Admin", "Ingest", "Visit", "@vera", "@ed", "@ada"];

    /// <summary>Returns status, headers and body of an answer without names that the request contains.</summary>
    private async Task<string> AskAsync(Probe probe, string caller, string brand)
    {
        using var request = await CreateRequestAsync(probe, caller, text => Fill(text, brand));
        using var answer = await http.SendAsync(request, Cancellation);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date").OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {string.Join(" | ", header.Value.Select(value => header.Key == "Set-Cookie" ? value.Split('=')[0] : value))}");
        var text = $"{(int)answer.StatusCode}{Environment.NewLine}{string.Join(Environment.NewLine, headers)}{Environment.NewLine}{await ReadTextAsync(answer)}";
        // First, since a name may occur in a token by chance.
        text = Regex.Replace(text, "CfDJ8[A-Za-z0-9_-]+", "token");
        foreach (var name in ids.Keys.Append("~C").Append("$").Where(name => (probe.Path + probe.Body + probe.Origin).Contains(name, StringComparison.Ordinal)))
            text = Regex.Replace(text, name == "~N" ? $@"\b(?<=statements?[ /]){Fill(name, brand)}\b" : Regex.Escape(Fill(name, brand)), name, RegexOptions.IgnoreCase);
        return Regex.Replace(text, "\"traceId\":\"[^\"]*\"|\"computedAt\":\"[^\"]*\"|\"lag\":\"[^\"]*\"", "");
    }

    /// <summary>Returns the body as text; of a workbook its files, because an archive has the times of its creation.</summary>
    private static async Task<string> ReadTextAsync(HttpResponseMessage answer)
    {
        if (answer.Content.Headers.ContentType?.MediaType?.EndsWith(".sheet", StringComparison.Ordinal) != true)
            return await answer.Content.ReadAsStringAsync(Cancellation);
        await using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync(Cancellation), ZipArchiveMode.Read);
        var files = new List<string>();
        foreach (var file in archive.Entries)
        {
            using var text = new StreamReader(await file.OpenAsync(Cancellation));
            files.Add($"{file.FullName}: {await text.ReadToEndAsync(Cancellation)}");
        }

        // The ids of relationships are random.
        return Regex.Replace(string.Join(Environment.NewLine, files), "\"/?R[0-9a-f]{10,32}\"", "id");
    }

    private async Task<HttpRequestMessage> CreateRequestAsync(Probe probe, string caller, Func<string, string> fill)
    {
        var request = new HttpRequestMessage(new HttpMethod(probe.Method), fill(probe.Path));
        Identify(request, caller);
        if (probe.Origin is { } origin) request.Headers.Add("Origin", fill(origin));
        if (probe.IfMatch is { } tag) request.Headers.Add("If-Match", tag);
        if (probe.Body is not { } body) return request;
        if (probe.IsForm)
        {
            using var form = new HttpRequestMessage(HttpMethod.Get, "/what-if");
            Identify(form, caller);
            using var page = await http.SendAsync(form, Cancellation);
            var token = Regex.Match(await page.Content.ReadAsStringAsync(Cancellation), "name=\"form\"[^>]*value=\"([^\"]*)\"").Groups[1].Value;
            if (page.Headers.TryGetValues("Set-Cookie", out var cookies)) request.Headers.Add("Cookie", cookies.Select(cookie => cookie.Split(';')[0]));
            body += $"&form={Uri.EscapeDataString(token)}";
        }

        request.Content = new StringContent(fill(body), new MediaTypeHeaderValue(probe.IsForm ? "application/x-www-form-urlencoded" : probe.Type));
        return request;
    }

    private void Identify(HttpRequestMessage request, string caller)
    {
        if (caller.StartsWith('@')) request.Headers.Add("X-User", caller[1..]);
        else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[caller]);
    }

    /// <summary>Fills in names of the other brand, or names of the same form that nobody has.</summary>
    private string Fill(string text, string brand)
    {
        foreach (var (name, id) in ids)
        {
            var own = brand == Theirs ? id : name is "~N" ? new string('9', id.Length) : Absent(id);
            if (name == "~R") text = text.Replace("~C", Convert.ToBase64String(Encoding.UTF8.GetBytes(own.Replace("-", "", StringComparison.Ordinal))).TrimEnd('='), StringComparison.Ordinal);
            text = text.Replace(name, own, StringComparison.Ordinal);
        }

        return text.Replace("$", brand, StringComparison.Ordinal);

        static string Absent(string id) => Guid.TryParse(id, out var guid) ? new Guid([.. guid.ToByteArray().Reverse()]).ToString() : new string([.. id.Reverse()]);
    }

    private static string WithBrand(string path) => path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "brand=$";

    private async Task<string> OkAsync(string key, HttpMethod method, string path, string body)
    {
        var (status, text) = await SendAsync(key, method, path, body);
        status.ShouldBeInRange(200, 299, $"{method} {path}: {text}");
        return text;
    }

    private async Task<(int Status, string Body)> SendAsync(string key, HttpMethod method, string path, string? body = null)
    {
        using var answer = await host.SendAsync(method, path, body, keys[key]);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private IEnumerable<(string Name, bool TakesBrand)> Routes() =>
        from endpoint in host.GetService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method != "HEAD"
        select ($"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}", endpoint.Metadata.GetMetadata<QueryParameterNames>()?.Names.Contains("brand") == true);
}
