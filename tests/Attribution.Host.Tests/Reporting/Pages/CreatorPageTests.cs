using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attribution.Core.Ledger;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Host.Reporting.Pages;
using Attribution.Host.Tests.Fixtures;

namespace Attribution.Host.Tests.Reporting.Pages;

/// <summary>
/// Pages of a creator and of a campaign: orders, timeline, goals, differences between models, and the printable report.
/// </summary>
public sealed class CreatorPageTests : IAsyncLifetime
{
    private const string Days = "from=2026-03-03&to=2026-03-10";

    private ReportingHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ReportingHost.StartAsync();
        await host.PutCatalogAsync(
            ("/v1/creators/mia", """{"name":"Mia","niche":"beauty","handles":[{"platform":"instagram","handle":"mia.glow","followers":36000}]}"""), ("/v1/creators/ben", """{"name":"Ben"}"""),
            ("/v1/creators/zoe", """{"name":"Zoe"}"""),
            ("/v1/campaigns/spring", """{"name":"Spring","startsOn":"2026-03-01","endsOn":"2026-03-08","goals":[{"measure":"net","target":500},{"measure":"likes","target":5}]}"""),
            ("/v1/campaigns/later", """{"name":"Later","startsOn":"2026-03-20","goals":[{"measure":"net","target":9}]}"""),
            ("/v1/campaigns/over", """{"name":"Over","endsOn":"2026-03-01","goals":[{"measure":"net","target":9}]}"""),
            ("/v1/codes/m", """{"code":"MIA","campaignId":"spring","creatorId":"mia","validFrom":"2026-03-04T00:00:00Z","validTo":"2026-03-06T00:00:00Z"}"""),
            ("/v1/costs/fee", """{"campaignId":"spring","creatorId":"mia","kind":"fee","currency":"USD","amount":"30","on":"2026-03-05"}"""));
        var sums = new MeasureSums();
        // Net by day, creator and model. 1 March is before the days of the page, 9 March after the campaign's last day.
        Net(sums, 1, "mia", 1_000, 1_000, 1_000);
        Net(sums, 4, "mia", 10_000, 9_000, 8_000);
        Net(sums, 9, "mia", 500, 500, 500);
        Net(sums, 4, "ben", 100, 5_000, 100);
        Net(sums, 4, "zoe", 700, 700, 700);
        await host.PutRollupsAsync(sums);
        await host.Store.Journeys.CommitAsync(
            new JourneyCommit
            {
                CatalogVersion = long.MaxValue, At = ReportingHost.Now,
                Ledger = [Line("o:=1+1", 4, 4_000), Line("o:a/b%2Fc", 4, 5_000), Line("n:lead", 9, 0), Line("o:old", 1, 1_000), Line("o:bens", 4, 100) with { Placement = new("spring", "ben") }],
            },
            ReportingHost.Token);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Conversions_are_listed_newest_first_paged_and_exported_safely()
    {
        var whole = (await host.GetAsync($"/v1/conversions?{Days}&creator=mia")).Body!;
        Describe(whole).ShouldBe(["lead lead 2026-03-09 0.00", "=1+1 order 2026-03-04 40.00", "a/b%2Fc order 2026-03-04 50.00"]);
        whole["cursor"].ShouldBeNull();
        Describe((await host.GetAsync($"/v1/conversions?{Days}&campaign=spring&creator=ben")).Body!).ShouldBe(["bens order 2026-03-04 1.00"]);

        var (read, cursor) = (new List<string>(), "");
        do
        {
            var page = (await host.GetAsync($"/v1/conversions?{Days}&creator=mia&limit=1{cursor}")).Body!;
            read.AddRange(Describe(page));
            cursor = page["cursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0 && read.Count < 9);
        read.ShouldBe(Describe(whole));
        (await host.GetAsync($"/v1/conversions?{Days}&cursor=bm9uZQ")).Status.ShouldBe(400);

        (await host.Http.GetStringAsync($"/v1/conversions?{Days}&creator=mia&format=csv", ReportingHost.Token)).Split("\r\n").ShouldBe(
        [
            "id,kind,day,share,net,commission", "lead,lead,2026-03-09,1.000000,0.00,0.00", "'=1+1,order,2026-03-04,1.000000,40.00,4.00", "a/b%2Fc,order,2026-03-04,1.000000,50.00,5.00", "",
        ]);
        (await host.GetAsync($"/v1/conversions?{Days}&format=csv&limit=5")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Percent_encoded_id_of_any_characters_is_found()
    {
        foreach (var (encoded, id) in new[] { ("a%2Fb%252Fc", "a/b%2Fc"), ("a%2fb%252Fc/", "a/b%2Fc"), ("50%25%3F", "50%?"), ("%C3%A4%20", "ä ") })
        {
            (await host.GetAsync($"/v1/conversions/{encoded}?brand=default")).Body!["detail"]!.GetValue<string>().ShouldContain($"'{id}'");
            WebUtility.HtmlDecode(await TextAsync($"/orders/{encoded}?{Days}", 404)).ShouldContain($"'{id}'");
        }

        (await TextAsync($"/creators/mia?{Days}")).ShouldContain("/orders/a%2Fb%252Fc");
    }

    [Fact]
    public async Task Timeline_lists_orders_costs_and_codes_in_order()
    {
        var line = Regex.Match(await TextAsync($"/creators/mia?{Days}"), "<ol class=\"timeline\">.*?</ol>", RegexOptions.Singleline).Value;
        Regex.Matches(line, "<li.*?</li>", RegexOptions.Singleline).Select(item => Regex.Replace(Regex.Replace(WebUtility.HtmlDecode(item.Value), "<[^>]*>", " "), "\\s+", " ").Trim()).ShouldBe(
        [
            "09/03/2026 lead lead net 0.00 USD, share 1, commission 0.00", "06/03/2026 Code MIA for Spring ends", "05/03/2026 fee 30.00 USD for Spring",
            "04/03/2026 order =1+1 net 40.00 USD, share 1, commission 4.00", "04/03/2026 order a/b%2Fc net 50.00 USD, share 1, commission 5.00", "04/03/2026 Code MIA for Spring begins",
        ]);
    }

    [Fact]
    public async Task Goals_cover_the_campaign_from_its_first_to_its_last_shown_day()
    {
        var api = (await host.GetAsync("/v1/rollups/daily?campaign=spring&from=2026-03-01&to=2026-03-08&groupBy=")).Body!["rows"]![0]!;
        var net = api["net"]!.GetValue<string>();
        net.ShouldBe("157.00");
        foreach (var path in new[] { $"/?{Days}", $"/campaigns/spring?{Days}" })
        {
            var page = await TextAsync(path);
            page.ShouldContain($"net: {net} of 500");
            page.ShouldContain($"<progress max=\"500\" value=\"{net}\">");
            page.ShouldContain("likes: unknown measure");
            page.ShouldNotContain("of 9");
        }

        (await TextAsync($"/campaigns/later?{Days}")).ShouldNotContain("<h2>Goals");
    }

    [Fact]
    public async Task Models_are_compared_with_the_largest_disagreement_first()
    {
        var page = await TextAsync($"/campaigns/spring?{Days}");
        var table = Regex.Match(page, "Largest differences</h3>.*?</table>", RegexOptions.Singleline).Value;
        var heads = Regex.Matches(table, "<th scope=\"col\">([^<]*)</th>").Select(match => match.Groups[1].Value.Replace(" (book model)", "", StringComparison.Ordinal)).ToList();
        heads.ShouldNotContain("Participation");
        var rows = Regex.Matches(table, "<tr>\\s*<th scope=\"row\"><a[^>]*>([^<]*)</a></th>(.*?)</tr>", RegexOptions.Singleline)
            .ToDictionary(row => row.Groups[1].Value, row => heads.Skip(1).Zip(Regex.Matches(row.Groups[2].Value, "<td>([^<]*)</td>").Select(cell => WebUtility.HtmlDecode(cell.Groups[1].Value))).ToDictionary());
        // The models differ by 49.00 for Ben, by 20.00 for Mia and not at all for Zoe.
        rows.Keys.ShouldBe(["Ben", "Mia"]);
        (rows["Ben"]["First touch"], rows["Ben"]["Last touch"], rows["Ben"]["Linear"]).ShouldBe(("1.00 ▼", "50.00 ▲", "1.00 ▼"));
        (rows["Mia"]["First touch"], rows["Mia"]["Last touch"], rows["Mia"]["Linear"]).ShouldBe(("105.00 ▲", "95.00", "85.00 ▼"));
        var api = (await host.GetAsync($"/v1/rollups/daily?{Days}&campaign=spring&groupBy=creator&model=all")).Body!["rows"]!.AsArray();
        foreach (var (name, cells) in rows)
            foreach (var (model, cell) in cells)
                cell.Split(' ')[0].ShouldBe(api.SingleOrDefault(row => string.Equals((string)row!["creatorId"]!, name, StringComparison.OrdinalIgnoreCase) && PageFormat.Name((string)row["model"]!) == model)?["net"]?.GetValue<string>() ?? "–");

        (await TextAsync($"/creators/zoe?{Days}")).ShouldNotContain("Largest differences");
    }

    [Fact]
    public async Task Report_states_its_subject_period_basis_and_open_days()
    {
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 3, 5), ReportingHost.Now, ReportingHost.Token);
        var page = WebUtility.HtmlDecode(await TextAsync($"/creators/mia/report?{Days}"));
        foreach (var expected in new[]
        {
            "Mia (mia, beauty)", "mia.glow, 36,000 followers", "03/03/2026 to 10/03/2026, inclusive, time zone Etc/UTC", "USD; refunds on the order's day", "Last touch, the book model",
            "late events may still arrive: 09/03/2026.<", "<dd>95.00 USD</dd>", "a/b%2Fc</a>", ">50.00</td>", "<th scope=\"row\">Fee</th><td>30.00</td>",
        }) page.ShouldContain(expected);
        page.ShouldNotContain("bens");
        (await TextAsync($"/creators/mia?{Days}")).ShouldContain($"href=\"/creators/mia/report?{Days.Replace("&", "&amp;", StringComparison.Ordinal)}\"");
        await host.Store.Rollups.CloseDaysAsync("default", new(2026, 3, 9), ReportingHost.Now, ReportingHost.Token);
        (await TextAsync($"/creators/mia/report?{Days}")).ShouldContain("all days are closed");
        await TextAsync($"/creators/nobody/report?{Days}", 404);
    }

    [Fact]
    public async Task Tables_are_exported_as_csv_with_their_filters()
    {
        await host.PutCatalogAsync(("/v1/creators/zoe", """{"name":"=Zoe"}"""));
        var csv = (await host.Http.GetStringAsync($"/creators.csv?{Days}&sort=-net&q=e", ReportingHost.Token)).Split("\r\n");
        csv[0].ShouldStartWith("name,tier,niche,day,campaignId,creatorId,");
        csv.Skip(1).Select(line => string.Join(',', line.Split(',').Take(6))).ShouldBe(["'=Zoe,,,,,zoe", "Ben,,,,,ben", "Mia,micro,beauty,,,mia", ""]);
        var ranking = (await host.Http.GetStringAsync($"/v1/ranking?{Days}&format=csv", ReportingHost.Token)).Split("\r\n");
        ranking[0].ShouldStartWith("tier,platform,followers,rankedRoiPercent,meets,misses,");
        ranking[0].ShouldContain(",costFee,");
        ranking.Length.ShouldBe(5);
        (await host.Http.GetStringAsync($"/v1/unmatched?format=csv", ReportingHost.Token)).ShouldBe("kind,name,count,firstSeen,lastSeen,nearest\r\n");
        (await host.Http.GetStringAsync($"/v1/posts?{Days}&format=csv", ReportingHost.Token)).ShouldStartWith("postId,platform,campaignId,creatorId,tier,impressions,");
    }

    private static List<string> Describe(JsonNode list) => [.. list["items"]!.AsArray().Select(item => $"{item!["id"]} {item["kind"]} {item["day"]} {item["net"]}")];

    private static void Net(MeasureSums sums, int day, string creator, int first, int last, int linear)
    {
        var key = new RollupKey("default", new(2026, 3, day), "spring", creator);
        foreach (var model in ModelNames.Heuristic)
            sums.Add(key, model, CreditMeasure.Gross, model switch { Model.FirstTouch => first, Model.LastTouch => last, Model.Participation => 90_000, _ => linear });
    }

    private static LedgerEntry Line(string conversion, int day, long amount) => new()
    {
        Brand = "default", Conversion = conversion, Placement = new("spring", "mia"), OrderDay = new(2026, 3, day), EntryDay = new(2026, 3, day), Amount = amount, Micros = 1_000_000, Commission = amount / 10,
        Reason = LedgerReason.Conversion, CausedBy = "test/1", RecordedAt = ReportingHost.Now,
    };

    private async Task<string> TextAsync(string path, int status = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Language", "en-GB" } } };
        using var answer = await host.Http.SendAsync(request, ReportingHost.Token);
        ((int)answer.StatusCode).ShouldBe(status, path);
        return await answer.Content.ReadAsStringAsync(ReportingHost.Token);
    }
}
