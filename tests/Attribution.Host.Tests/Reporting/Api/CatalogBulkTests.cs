using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Api;

/// <summary>Imports, exports and generated codes by the ten thousand; the history of changes; two editors of one item.</summary>
public sealed class CatalogBulkTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(DocumentedExample.Catalog);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Dry_run_answers_like_the_import_and_writes_nothing()
    {
        const string Csv = "id,code,campaignId,creatorId\na,A1,spring,mia\nb,B1,spring,nobody\nc,a1,spring,mia\n";
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        var (status, dry) = await host.SendAsync(HttpMethod.Post, "/v1/codes/import?dryRun=true", Csv, "text/csv");
        status.ShouldBe(200);
        (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(version);
        (await host.GetAsync("/v1/codes/a")).Status.ShouldBe(404);

        var (_, wet) = await host.SendAsync(HttpMethod.Post, "/v1/codes/import", Csv, "text/csv");
        dry!["dryRun"]!.GetValue<bool>().ShouldBeTrue();
        dry.AsObject().Remove("dryRun");
        dry.ToJsonString().ShouldBe(wet!.ToJsonString());
        (wet["accepted"]!.GetValue<int>(), wet["rejected"]!.GetValue<int>()).ShouldBe((1, 2));
        (await host.SendAsync(HttpMethod.Post, "/v1/codes/import?dryRun=yes", Csv, "text/csv")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    public async Task Exported_catalog_imports_elsewhere_without_differences(string format, string media)
    {
        await host.PutCatalogAsync(
            ("/v1/creators/odd", """{"name":" =1+1, \"quoted\" ; @x","customerKeys":["a,b"],"handles":[{"platform":"x","handle":"-y","followers":null}],"status":"inactive"}"""),
            ("/v1/creators/kit", """{"name":"Kit","niche":"'"}"""),
            ("/v1/publishers/kit-awin", """{"provider":"awin","publisherId":"-7","creatorId":"kit","campaignId":"spring"}"""));
        await using var other = await ReportingHost.StartAsync();
        foreach (var kind in CatalogKinds.All.OrderBy(kind => kind.Kind).Select(kind => kind.Name))
        {
            var file = await host.Http.GetStringAsync(new Uri($"/v1/{kind}?format={format}", UriKind.Relative), ReportingHost.Token);
            foreach (var each in (ReportingHost[])[other, host])
            {
                var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
                var (status, answer) = await each.SendAsync(HttpMethod.Post, $"/v1/{kind}/import", file, media);
                status.ShouldBe(200, answer?.ToJsonString());
                answer!["rejected"]!.GetValue<int>().ShouldBe(0, answer.ToJsonString());
                answer["accepted"]!.GetValue<int>().ShouldBeGreaterThan(0);
                (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(version, $"{kind} imported where it came from changes nothing");
            }
            (await other.Http.GetStringAsync(new Uri($"/v1/{kind}?format={format}", UriKind.Relative), ReportingHost.Token)).ShouldBe(file);
            JsonNode.DeepEquals((await other.GetAsync($"/v1/{kind}")).Body, (await host.GetAsync($"/v1/{kind}")).Body).ShouldBeTrue(kind);
        }
        (await host.GetAsync($"/v1/codes?format={format}&limit=3")).Status.ShouldBe(400);
        (await host.GetAsync("/v1/codes?format=xml")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Second_of_two_editors_gets_a_conflict_and_overwrites_nothing()
    {
        var first = await SendAsync(HttpMethod.Get, "/v1/creators/mia");
        var tag = first.Tag!;
        var body = """{"name":"Mia A"}""";
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", tag))).Status.ShouldBe(200);
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", """{"name":"Mia B"}""", ("If-Match", tag))).Status.ShouldBe(412);
        (await SendAsync(HttpMethod.Delete, "/v1/creators/mia", null, ("If-Match", tag))).Status.ShouldBe(412);
        var now = await SendAsync(HttpMethod.Get, "/v1/creators/mia");
        now.Body!["name"]!.GetValue<string>().ShouldBe("Mia A");
        now.Tag.ShouldNotBe(tag);
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", now.Tag!))).Tag.ShouldBe(now.Tag, "the same again is the same");
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", $"\"x\", {now.Tag}"))).Status.ShouldBe(200);
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", "*"))).Status.ShouldBe(200);
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", "W/" + now.Tag))).Status.ShouldBe(412, "a weak tag says too little");
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-Match", tag.Trim('"')))).Status.ShouldBe(400, "a condition is never passed over");
        (await SendAsync(HttpMethod.Put, "/v1/creators/mia", body, ("If-None-Match", "*"))).Status.ShouldBe(412);
        (await SendAsync(HttpMethod.Put, "/v1/creators/zoe", """{"name":"Zoe"}""", ("If-Match", "*"))).Status.ShouldBe(412);
        (await SendAsync(HttpMethod.Put, "/v1/creators/zoe", """{"name":"Zoe"}""", ("If-None-Match", "*"))).Status.ShouldBe(201);
        var zoe = await SendAsync(HttpMethod.Get, "/v1/creators/zoe");
        (await SendAsync(HttpMethod.Delete, "/v1/creators/zoe", null, ("If-Match", zoe.Tag!))).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Change_history_is_paged_and_includes_deleted_items()
    {
        foreach (var name in new[] { "Zoe", "Zoe 2", "Zoe 2", "Zoe 3" }) (await host.PutAsync("/v1/creators/zoe", $$"""{"name":"{{name}}"}""")).Status.ShouldBeOneOf(200, 201);
        (await host.SendAsync(HttpMethod.Post, "/v1/creators/import", "id,name\nzoe,Zoe 4\n", "text/csv")).Status.ShouldBe(200);
        (await host.SendAsync(HttpMethod.Delete, "/v1/creators/zoe")).Status.ShouldBe(204);

        var (_, first) = await host.GetAsync("/v1/creators/zoe/history?limit=2");
        var (_, rest) = await host.GetAsync($"/v1/creators/zoe/history?cursor={first!["cursor"]}");
        rest!["cursor"].ShouldBeNull();
        var changes = first["changes"]!.AsArray().Concat(rest["changes"]!.AsArray()).ToList();
        changes.Select(change => $"{change!["action"]} {change["item"]?["name"]} {change["by"]} {change["at"]!.ToString()[..19]}").ShouldBe(
            ["deleted  local 2026-03-10T00:00:00", .. new[] { "Zoe 4", "Zoe 3", "Zoe 2", "Zoe" }.Select(name => $"written {name} local 2026-03-10T00:00:00")]);
        changes.Select(change => change!["version"]!.GetValue<long>()).ShouldBeInOrder(SortDirection.Descending);
        (await host.GetAsync("/v1/creators/nobody/history")).Status.ShouldBe(404);
        (await host.GetAsync("/v1/creators/zoe/history?cursor=eHh4")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Generated_codes_and_links_are_unique_and_match_immediately()
    {
        var (status, made) = await host.SendAsync(HttpMethod.Post, "/v1/codes/generate", """{"campaignId":"spring","creatorIds":["mia"],"perCreator":2000,"prefix":"GLOW-","length":8}""");
        status.ShouldBe(201, made?.ToJsonString());
        var codes = made!["items"]!.AsArray().Select(item => item!["code"]!.GetValue<string>()).ToList();
        codes.Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(2000);
        codes.ShouldAllBe(code => System.Text.RegularExpressions.Regex.IsMatch(code, "^GLOW-[34679CFGHJKMNPRTVWXY]{8}$"));
        (await host.GetAsync($"/v1/codes/{made["items"]![7]!["id"]}")).Body!["creatorId"]!.GetValue<string>().ShouldBe("mia");

        (status, made) = await host.SendAsync(
            HttpMethod.Post, "/v1/links/generate",
            """{"campaignId":"spring","creatorIds":["mia"],"destination":"https://shop.example/","utm":{"source":"instagram","content":"{creator}"}}""");
        status.ShouldBe(201, made?.ToJsonString());
        var link = made!["items"]!.AsArray().ShouldHaveSingleItem()!;
        link["utm"]!["content"]!.GetValue<string>().ShouldBe("mia");
        link["slug"]!.GetValue<string>().Length.ShouldBe(10);
    }

    [Theory]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia","nobody"]}""", "reference_unknown", "/creatorId")]
    [InlineData("""{"campaignId":"spring","creatorIds":[]}""", "member_missing", "/creatorIds")]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia","mia"]}""", "id_duplicate", "/creatorIds")]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia"],"perCreator":100001}""", "out_of_range", "/perCreator")]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia"],"length":7}""", "out_of_range", "/length")]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia"],"prefix":"a b"}""", "value_unknown", "/prefix")]
    [InlineData("""{"campaignId":"spring","creatorIds":["mia"],"count":3}""", "member_unknown", "/count")]
    public async Task Impossible_generation_is_reported_and_nothing_is_written(string body, string reason, string pointer)
    {
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        var (status, problem) = await host.SendAsync(HttpMethod.Post, "/v1/codes/generate", body);
        status.ShouldBe(400);
        problem!["errors"]!.AsArray().Select(error => (error!["reason"]!.GetValue<string>(), error["pointer"]!.GetValue<string>())).ShouldContain((reason, pointer));
        (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(version);
    }

    private async Task<(int Status, string? Tag, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using var response = await host.Http.SendAsync(request, ReportingHost.Token);
        var text = await response.Content.ReadAsStringAsync(ReportingHost.Token);
        return ((int)response.StatusCode, response.Headers.TryGetValues("ETag", out var tags) ? tags.Single() : null, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
