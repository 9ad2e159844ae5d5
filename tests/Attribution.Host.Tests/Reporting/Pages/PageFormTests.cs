using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Core.Rollups;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>Forms that write the catalog and the settings.</summary>
public sealed class PageFormTests : IAsyncLifetime
{
    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(("/v1/campaigns/spring", """{"name":"Spring"}"""), ("/v1/creators/mia", """{"name":"Mia","region":"DE"}"""));
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Form_writes_the_same_item_as_the_api_and_shows_it()
    {
        await SendAsync(
            "/catalog/creators/item", ("id", "ben"), ("name", "Ben <b>"), ("status", "inactive"), ("inactiveSince", "2026-03-01T00:00:00Z"), ("customerKeys", " cus_1 \r\ncus_2\r\n"),
            ("handles.0.platform", "tiktok"), ("handles.0.handle", "ben"), ("handles.0.followers", "1200"), ("handles.1.platform", ""), ("handles.2.platform", "x"), ("handles.2.handle", "b"));
        var ben = (await host.GetAsync("/v1/creators/ben")).Body!;
        var keys = ben["customerKeys"]!.AsArray().Select(key => key!.GetValue<string>()).ToList();
        keys.Count.ShouldBe(2);
        ben.AsObject().Remove("customerKeys");
        JsonNode.DeepEquals(ben, JsonNode.Parse(
            """{"id":"ben","name":"Ben <b>","niche":null,"region":null,"status":"inactive","inactiveSince":"2026-03-01T00:00:00Z","handles":[{"platform":"tiktok","handle":"ben","followers":1200},{"platform":"x","handle":"b","followers":null}]}""")).ShouldBeTrue(ben.ToJsonString());
        var page = await PageAsync("/catalog/creators/item?id=ben");
        foreach (var shown in new[] { "value=\"Ben &lt;b&gt;\"", $"{keys[0]}&#xA;{keys[1]}</textarea>", "name=\"handles.1.handle\" value=\"b\"", "name=\"handles.3.handle\" value=\"\"" }) page.ShouldContain(shown);

        await SendAsync("/catalog/agreements/item", ("id", "a"), ("campaignId", "spring"), ("creatorId", "mia"), ("commission.kind", "percent_of_net"), ("commission.rate", "10"), ("newCustomersOnly", "true"));
        (await host.GetAsync("/v1/agreements/a")).Body!["commission"]!["rate"]!.GetValue<string>().ShouldBe("10");
        await SendAsync("/catalog/brands/item?id=default", ("name", "Glow"), ("rateMaxAgeDays", "3"), ("policy.name", "split"), ("policy.codeShare", "0.4"), ("versions.0.validFrom", "2026-04-01T00:00:00Z"), ("versions.0.bookModel", "linear"));
        var brand = (await host.GetAsync("/v1/brands/default")).Body!;
        (brand["rateMaxAgeDays"]!.GetValue<int>(), brand["policy"]!["codeShare"]!.GetValue<string>(), brand["versions"]![0]!["bookModel"]!.GetValue<string>()).ShouldBe((3, "0.4", "linear"));
    }

    [Fact]
    public async Task Invalid_input_is_shown_at_its_field_and_nothing_is_written()
    {
        var page = await SendAsync("/catalog/creators/item", 400, ("id", "ben"), ("name", "Ben"), ("niche", new string('x', 300)), ("handles.0.platform", "x"), ("handles.0.handle", "b"), ("handles.0.followers", "many"));
        page.ShouldContain("Nothing was saved");
        Regex.Matches(page, "class=\"field wrong\">\\s*<label[^>]*>[^<]*<code>([^<]+)").Select(match => match.Groups[1].Value).ShouldBe(["handles.followers"]);
        page.ShouldContain("value=\"many\"");
        page = await SendAsync("/catalog/codes/item", 400, ("id", "NO SPACE"), ("code", "A"), ("campaignId", "sprnig"), ("creatorId", "mia"));
        Regex.Matches(page, "class=\"field wrong\">\\s*<label[^>]*>[^<]*<code>([^<]+)").Select(match => match.Groups[1].Value).ShouldBe(["id", "campaignId"]);
        (await host.GetAsync("/v1/creators/ben")).Status.ShouldBe(404);
        (await SendAsync("/catalog/creators/item", 400, ("id", "mia"), ("name", "Other"))).ShouldContain("creators/mia already exists");
        (await SendAsync("/what-if", 400, ("from", "2026-03-01"), ("to", "2026-02-01"))).ShouldContain("Lies before from");
        (await SendAsync("/what-if", 400, ("from", "2026-03-01"), ("to", "2026-03-02"))).ShouldContain("Name at least one of model, policy, lookback");
    }

    [Theory]
    [InlineData("brands")]
    [InlineData("creators")]
    [InlineData("campaigns")]
    [InlineData("links")]
    [InlineData("codes")]
    [InlineData("utm-rules")]
    [InlineData("agreements")]
    [InlineData("costs")]
    [InlineData("fx-rates")]
    [InlineData("monthly-nets")]
    public async Task Every_field_has_a_label_a_column_name_and_help(string kind)
    {
        var page = await PageAsync($"/catalog/{kind}/item");
        var fields = Regex.Matches(page, "<label for=\"([^\"]*)\">([^<]*)<code>([^<]*)</code></label>").ToList();
        fields.Count.ShouldBe(Regex.Count(page, "class=\"field "));
        foreach (var field in fields)
        {
            var (name, words, column) = (field.Groups[1].Value, field.Groups[2].Value.Replace("(required)", "", StringComparison.Ordinal).Trim(), field.Groups[3].Value);
            Regex.Replace(name, "\\.[0-9]+\\.", ".").ShouldBe(column);
            words.ShouldNotBe(column, "the field has no label");
            words.ShouldNotBeEmpty();
            page.ShouldContain($"id=\"{name}\" ");
            page.ShouldContain($"aria-describedby=\"{name}-about\"");
            page.ShouldContain($"<span id=\"{name}-about\">");
        }
    }

    [Fact]
    public async Task Form_does_not_overwrite_changes_made_since_it_was_opened()
    {
        var opened = await PageAsync("/catalog/creators/item?id=mia");
        await host.PutCatalogAsync(("/v1/creators/mia", """{"name":"Mia","region":"AT"}"""));
        var tag = System.Net.WebUtility.HtmlDecode(Regex.Match(opened, "name=\"etag\" value=\"([^\"]*)\"").Groups[1].Value);
        (await PostAsync("/catalog/creators/item?id=mia", opened, 400, ("etag", tag), ("name", "Mia"), ("region", "CH"))).ShouldContain("another user has changed");
        (await PostAsync("/catalog/creators/delete?id=mia", opened, 400, ("etag", tag))).ShouldContain("another user has changed");
        (await host.GetAsync("/v1/creators/mia")).Body!["region"]!.GetValue<string>().ShouldBe("AT");

        await host.PutCatalogAsync(("/v1/codes/mia10", """{"code":"MIA10","campaignId":"spring","creatorId":"mia"}"""));
        (await SendAsync("/catalog/creators/delete?id=mia", 400)).ShouldContain("This item cannot be deleted");
        (await SendAsync("/catalog/codes/delete?id=mia10")).ShouldContain("mia10 was deleted");
        (await host.GetAsync("/v1/codes/mia10")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Import_reports_a_result_per_line()
    {
        (await SendAsync("/catalog/creators/import", ("lines", "id,name\nlia,Lia\nlou,Lou"))).ShouldContain("2 lines imported, 0 rejected");
        var page = await SendAsync("/catalog/creators/import", 400, ("lines", "{\"id\":\"zoe\",\"name\":\"Zoe\"}\n{\"id\":\"Z\",\"name\":\"<b>\"}"));
        page.ShouldContain("1 line imported, 1 rejected");
        Regex.Replace(page, "<[^>]*>", "").ShouldContain("Line 2 (Z): /id");
        (await SendAsync("/catalog/creators/import", ("dryRun", "true"), ("lines", "id,name\neve,Eve"))).ShouldContain("1 line can be imported, 0 rejected");
        (await SendAsync("/catalog/creators/import", 400, ("lines", "id,nmae\neve,Eve"))).ShouldContain("There is no column &#x27;nmae&#x27;");
        (await host.GetAsync("/v1/creators")).Body!["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ShouldBe(["lia", "lou", "mia", "zoe"]);
    }

    [Fact]
    public async Task Export_contains_no_formulas_and_imports_unchanged()
    {
        foreach (var (id, name) in new[] { ("a", "=1+1"), ("b", "'=1"), ("c", "'quoted'"), ("d", "-x"), ("e", "''@x"), ("f", "+") })
            await host.PutCatalogAsync(($"/v1/creators/{id}", $$"""{"name":"{{name}}"}"""));
        var csv = await host.Http.GetStringAsync("/v1/creators?format=csv", ReportingHost.Token);
        csv.Split("\r\n").Skip(1).Take(6).Select(line => line.Split(',')[1]).ShouldBe(["'=1+1", "''=1", "'quoted'", "'-x", "'''@x", "'+"]);
        var version = await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token);
        (await host.SendAsync(HttpMethod.Post, "/v1/creators/import", csv, "text/csv")).Body!["accepted"]!.GetValue<int>().ShouldBe(7);
        (await host.Store.Catalog.ReadCatalogVersionAsync(ReportingHost.Token)).ShouldBe(version, "the import changed nothing");
    }

    [Fact]
    public async Task Unmatched_name_links_to_the_form_that_registers_it()
    {
        var sums = new MeasureSums();
        foreach (var (kind, name, measure) in new[] { (UnmatchedKind.Code, "SUMMER 10", Measure.Redemptions), (UnmatchedKind.Link, "mia-x", Measure.Clicks), (UnmatchedKind.Utm, "source=IG&content=A=B", Measure.Visits), (UnmatchedKind.Rate, "EUR", Measure.RateGaps) })
            sums.Add(RollupKey.Unmatched("default", new(2026, 3, 1), kind, name), measure, 1);
        await host.PutRollupsAsync(sums);
        var links = Regex.Matches(await PageAsync("/quality"), "<a href=\"([^\"]+)\">Assign").Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value)).ToList();
        links.Count.ShouldBe(3);
        (await PageAsync(links.Single(link => link.Contains("/codes/", StringComparison.Ordinal)))).ShouldContain("name=\"id\" value=\"summer-10\"");
        var rule = await PageAsync(links.Single(link => link.Contains("/utm-rules/", StringComparison.Ordinal)));
        rule.ShouldContain("name=\"match.source\" value=\"IG\"");
        rule.ShouldContain("name=\"match.content\" value=\"A=B\"");
        (await PageAsync(links.Single(link => link.Contains("/links/", StringComparison.Ordinal)))).ShouldContain("name=\"slug\" value=\"mia-x\"");
    }

    [Fact]
    public async Task Keys_are_created_shown_once_and_revoked()
    {
        await SendAsync("/settings/users", ("user", "ada"), ("password", "correct horse battery"));
        var page = await SendAsync("/settings/keys", 400, ("name", "desk"), ("scopes", "admin"), ("expires", "90"));
        page.ShouldContain("is neither a duration");
        page = await SendAsync("/settings/keys", ("name", "desk"), ("scopes", "admin"));
        var key = Regex.Match(page, "atr_[a-z2-7]{10}_[a-z2-7]{32}").Value;
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        (await PageAsync("/settings/keys")).ShouldNotContain(key);
        (await SendAsync("/settings/keys/revoke", ("id", key.Split('_')[1]))).ShouldContain("was revoked");
        (await host.GetAsync("/v1/models")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Form_without_its_token_does_nothing()
    {
        using var form = new FormUrlEncodedContent([new("id", "ben"), new("name", "Ben")]);
        using var answer = await host.Http.PostAsync(new Uri("/catalog/creators/item", UriKind.Relative), form, ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(400);
        (await host.GetAsync("/v1/creators/ben")).Status.ShouldBe(404);
    }

    private async Task<string> PageAsync(string path) => await host.Http.GetStringAsync(path, ReportingHost.Token);

    private Task<string> SendAsync(string path, params (string Name, string Value)[] fields) => SendAsync(path, 200, fields);

    /// <summary>Opens the page of a form, posts the form and returns the resulting page.</summary>
    private async Task<string> SendAsync(string path, int status, params (string Name, string Value)[] fields)
    {
        var page = await PageAsync(path.Replace("/import", "", StringComparison.Ordinal).Replace("/delete", "/item", StringComparison.Ordinal).Replace("/revoke", "", StringComparison.Ordinal));
        var tag = System.Net.WebUtility.HtmlDecode(Regex.Match(page, "name=\"etag\" value=\"([^\"]*)\"").Groups[1].Value);
        return await PostAsync(path, page, status, [.. fields, ("etag", tag)]);
    }

    private async Task<string> PostAsync(string path, string opened, int status, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Append(("form", Regex.Match(opened, "name=\"form\" value=\"([^\"]+)\"").Groups[1].Value)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        using var answer = await host.Http.PostAsync(new Uri(path, UriKind.Relative), form, ReportingHost.Token);
        var page = await answer.Content.ReadAsStringAsync(ReportingHost.Token);
        if (host.Http.DefaultRequestHeaders.Authorization is not null && (int)answer.StatusCode == 401) return "";
        ((int)answer.StatusCode).ShouldBe(status, page);
        return page;
    }
}
