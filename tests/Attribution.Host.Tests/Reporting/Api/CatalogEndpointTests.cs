using System.Text.Json.Nodes;
using Attribution.Core.Catalog;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Attribution.Host.Tests.Reporting.Api;

public sealed class CatalogEndpointTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync() => host = await ReportingHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Documented_items_are_created_echoed_and_rewritten_without_a_change()
    {
        var keys = host.Services.GetRequiredService<CustomerKeyHasher>();
        foreach (var (path, body) in DocumentedExample.Catalog)
        {
            var (status, answer) = await host.PutAsync(path, body);
            status.ShouldBe(path.EndsWith("/default", StringComparison.Ordinal) ? 200 : 201, answer?.ToJsonString());
            var (_, stored) = await host.GetAsync(path);
            foreach (var (name, value) in JsonNode.Parse(body)!.AsObject())
            {
                // Except customer keys, which are stored only as hashes.
                var told = name == "customerKeys" ? new JsonArray([.. value!.AsArray().Select(key => (JsonNode)keys.Hash((string)key!))]) : value;
                JsonNode.DeepEquals(stored![name], told).ShouldBeTrue($"{path} {name}: {stored[name]?.ToJsonString()}");
            }
        }
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        foreach (var (path, body) in DocumentedExample.Catalog) (await host.PutAsync(path, body)).Status.ShouldBe(200);
        (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(version);
    }

    [Fact]
    public async Task Absent_members_get_defaults_and_amounts_their_currencys_decimals()
    {
        await PlacementAsync();
        var (_, cost) = await host.PutAsync("/v1/costs/c", """{"campaignId":"spring","kind":"fee","currency":"USD","amount":300,"on":"2026-03-02"}""");
        cost!["amount"]!.GetValue<string>().ShouldBe("300.00");
        cost["recognition"]!.GetValue<string>().ShouldBe("on_date");
        cost["id"]!.GetValue<string>().ShouldBe("c");
        (await host.GetAsync("/v1/campaigns/spring")).Body!["brandId"]!.GetValue<string>().ShouldBe("default");
    }

    [Fact]
    public async Task Item_is_deleted_unless_referenced_or_matched()
    {
        await PlacementAsync();
        await host.PutCatalogAsync(("/v1/codes/k", """{"code":"K","campaignId":"spring","creatorId":"mia"}"""));
        (await DeleteAsync("/v1/creators/mia")).Status.ShouldBe(409);
        (await DeleteAsync("/v1/brands/default")).Status.ShouldBe(409);
        (await DeleteAsync("/v1/codes/nobody")).Status.ShouldBe(404);
        await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token), Matched = [new CatalogRef(CatalogKind.Codes, "k")], At = ReportingHost.Now,
            },
            ReportingHost.Token);
        var (status, problem) = await DeleteAsync("/v1/codes/k");
        status.ShouldBe(409);
        problem!["errors"]![0]!["reason"]!.GetValue<string>().ShouldBe("in_use");
        await host.PutCatalogAsync(("/v1/codes/l", """{"code":"L","campaignId":"spring","creatorId":"mia"}"""));
        (await DeleteAsync("/v1/codes/l")).Status.ShouldBe(204);
        (await host.GetAsync("/v1/codes/l")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Cost_updates_reach_the_rollups_as_differences()
    {
        await PlacementAsync();
        const string Path = "/v1/costs/fee";
        await host.PutCatalogAsync((Path, Cost("300.00")), (Path, Cost("120.00")));
        (await TotalAsync()).ShouldBe("120.00");
        (await DeleteAsync(Path)).Status.ShouldBe(204);
        (await TotalAsync()).ShouldBeNull();

        static string Cost(string amount) => $$"""{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"{{amount}}","on":"2026-03-02"}""";
        async Task<string?> TotalAsync()
        {
            await host.PutRollupsAsync(new MeasureSums());
            var rows = (await host.GetAsync("/v1/rollups/daily?from=2026-03-01&to=2026-03-31")).Body!["rows"]!.AsArray();
            return rows.SingleOrDefault()?["cost"]!["total"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task Cost_that_overflows_after_conversion_is_rejected()
    {
        await PlacementAsync();
        await host.PutCatalogAsync(("/v1/fx-rates/f", """{"on":"2026-03-02","from":"EUR","to":"USD","rate":"1000000000"}"""));
        var (status, problem) = await host.PutAsync("/v1/costs/c", """{"campaignId":"spring","kind":"fee","currency":"EUR","amount":"9999999999999","on":"2026-03-02"}""");
        status.ShouldBe(400);
        problem!["detail"]!.GetValue<string>().ShouldContain("too large");
        (await host.GetAsync("/v1/costs/c")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Brand_with_rollups_keeps_its_currency()
    {
        (await host.PutAsync("/v1/brands/default", """{"name":"Glow","currency":"EUR"}""")).Status.ShouldBe(200);
        var sums = new MeasureSums();
        sums.Add(RollupKey.Total("default", new(2026, 3, 2)), Measure.Clicks, 1);
        await host.PutRollupsAsync(sums);
        var (status, problem) = await host.PutAsync("/v1/brands/default", """{"name":"Glow","currency":"USD"}""");
        status.ShouldBe(400);
        problem!["errors"]![0]!["pointer"]!.GetValue<string>().ShouldBe("/currency");
        (await host.PutAsync("/v1/brands/default", """{"name":"Glow","currency":"EUR","timeZone":"Europe/Berlin"}""")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Lists_are_paged_by_id()
    {
        foreach (var id in new[] { "c", "a", "b" }) await host.PutCatalogAsync(($"/v1/creators/{id}", """{"name":"x"}"""));
        var (_, first) = await host.GetAsync("/v1/creators?limit=2");
        first!["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ShouldBe(["a", "b"]);
        var (_, second) = await host.GetAsync($"/v1/creators?limit=2&cursor={first["cursor"]}");
        second!["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ShouldBe(["c"]);
        second["cursor"].ShouldBeNull();
        (await host.GetAsync("/v1/creators?limit=3")).Body!["cursor"].ShouldBeNull();
    }

    [Fact]
    public async Task Import_writes_valid_lines_at_once_and_reports_each_line()
    {
        await PlacementAsync();
        var before = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        var (status, answer) = await ImportAsync("links", """
            id,slug,destination,campaignId,creatorId,utm.source,utm.content,validFrom
            a,a,https://shop.example/,spring,mia,instagram,"mi,a",2026-03-01T00:00:00Z
            b,a,https://shop.example/,spring,mia,,,2026-03-01T00:00:00Z
            c,c,https://shop.example/,spring,zoe,,,

            a,d,https://shop.example/,spring,mia,,,
            d,d,https://shop.example/
            e,e,https://shop.example/,spring,mia,,,soon
            """);
        status.ShouldBe(200);
        answer!["results"]!.AsArray().Select(line => $"{line!["line"]} {line["status"]} {line["errors"]?[0]!["reason"]} {line["errors"]?[0]!["pointer"]}").ShouldBe(
        [
            "2 accepted  ", "3 rejected interval_overlap /slug", "4 rejected reference_unknown /creatorId", "6 rejected id_duplicate /id",
            "7 rejected malformed ", "8 rejected member_wrong_type /validFrom",
        ]);
        (answer["accepted"]!.GetValue<int>(), answer["rejected"]!.GetValue<int>()).ShouldBe((1, 5));
        (await host.GetAsync("/v1/links/a")).Body!["utm"]!["content"]!.GetValue<string>().ShouldBe("mi,a");
        (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Import_reads_every_kind_of_cell()
    {
        await PlacementAsync();
        (await ImportAsync("creators", "id;name;handles;customerKeys\r\nben;\"B\r\nen\";\"[{\"\"platform\"\":\"\"x\"\",\"\"handle\"\":\"\"b\"\",\"\"followers\"\":5}]\";\"[\"\"cus_1\"\"]\"\r\nzoe;Zoe;;nokeys\r\n"))
            .Body!["results"]!.AsArray().Select(line => $"{line!["line"]} {line["errors"]?[0]!["reason"]} {line["errors"]?[0]!["pointer"]}")
            .ShouldBe(["2 malformed /name", "4 member_wrong_type /customerKeys"]);
        (await ImportAsync("agreements", "id,campaignId,creatorId,commission.kind,commission.rate,newCustomersOnly\nx,spring,mia,percent_of_net,10,true\n")).Body!["accepted"]!.GetValue<int>().ShouldBe(1);
        (await host.GetAsync("/v1/agreements/x")).Body!["newCustomersOnly"]!.GetValue<bool>().ShouldBeTrue();
        (await ImportAsync("brands", "id,name,lookback.click,policy.name,currency\nkyoto,Kyoto,P14D,code_first,JPY\n")).Body!["accepted"]!.GetValue<int>().ShouldBe(1);
        (await ImportAsync("utm-rules", "id,match.campaign,campaignId,creatorId\nr,spring*,spring,mia\n")).Body!["accepted"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Exchange_rates_of_the_European_Central_Bank_import_unchanged()
    {
        var (status, answer) = await ImportAsync("fx-rates", """
            Date,USD,XYX,JPY,GBP,
            2026-03-03,1.0832,N/A,161.5,N/A,
            2026-03-02,1.08,0.58,,x,
            """);
        status.ShouldBe(200);
        answer!["results"]!.AsArray().Select(line => $"{line!["line"]} {line["id"]} {line["errors"]?[0]!["reason"]}").ShouldBe(
            ["1  value_unknown", "2 2026-03-03-EUR-USD ", "2 2026-03-03-EUR-JPY ", "3 2026-03-02-EUR-USD ", "3  member_wrong_type"]);
        answer["results"]![0]!["errors"]![0]!["detail"]!.GetValue<string>().ShouldContain("XYX");
        (await host.GetAsync("/v1/fx-rates/2026-03-03-EUR-JPY")).Body!["rate"]!.GetValue<string>().ShouldBe("161.5");

        (await ImportAsync("fx-rates", "Date, USD, JPY, \n04 March 2026, 1.0840, 160.1, \n3 March 2026, 1.0833, N/A, \n someday, 1, 2, ")).Body!["accepted"]!.GetValue<int>().ShouldBe(3);
        (await host.GetAsync("/v1/fx-rates/2026-03-03-EUR-USD")).Body!["rate"]!.GetValue<string>().ShouldBe("1.0833");
    }

    [Fact]
    public async Task Ndjson_import_is_read_line_by_line()
    {
        var (_, answer) = await host.SendAsync(HttpMethod.Post, "/v1/creators/import", "{\"id\":\"a\",\"name\":\"A\"}\r\n\n{\"name\":\"B\"}\nnonsense\n", "application/x-ndjson");
        answer!["results"]!.AsArray().Select(line => $"{line!["line"]} {line["status"]} {line["errors"]?[0]!["reason"]}")
            .ShouldBe(["1 accepted ", "3 rejected member_missing", "4 rejected malformed"]);
    }

    [Fact]
    public async Task Unknown_column_is_rejected_with_the_known_ones()
    {
        var (status, problem) = await ImportAsync("creators", "id,name,nich\na,A,b\n");
        status.ShouldBe(400);
        problem!["detail"]!.GetValue<string>().ShouldContain("'nich'");
        problem["detail"]!.GetValue<string>().ShouldContain("niche");
        (await host.GetAsync("/v1/creators/a")).Status.ShouldBe(404);
        (await ImportAsync("creators", "id,name,name\na,A,b\n")).Status.ShouldBe(400);
        (await ImportAsync("creators", "")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Unsupported_media_type_and_oversized_body_are_rejected()
    {
        (await host.SendAsync(HttpMethod.Put, "/v1/creators/a", "name=A", "application/x-www-form-urlencoded")).Status.ShouldBe(415);
        (await host.SendAsync(HttpMethod.Post, "/v1/creators/import", "{}", "application/json")).Status.ShouldBe(415);
        (await host.PutAsync("/v1/creators/a", $$"""{"name":"{{new string('a', 2 * 1024 * 1024)}}"}""")).Status.ShouldBe(413);
    }

    [Fact]
    public async Task Concurrent_writers_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.PutCatalogAsync(($"/v1/creators/c{i}", """{"name":"x"}"""))));
        (await host.GetAsync("/v1/creators")).Body!["items"]!.AsArray().Count.ShouldBe(8);
    }

    private Task PlacementAsync() => host.PutCatalogAsync(("/v1/creators/mia", """{"name":"Mia"}"""), ("/v1/campaigns/spring", """{"name":"Spring"}"""));

    private Task<(int Status, JsonNode? Body)> DeleteAsync(string path) => host.SendAsync(HttpMethod.Delete, path);

    private Task<(int Status, JsonNode? Body)> ImportAsync(string kind, string csv) => host.SendAsync(HttpMethod.Post, $"/v1/{kind}/import", csv, "text/csv");
}
