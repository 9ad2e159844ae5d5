using System.Text;
using System.Text.RegularExpressions;

namespace Attribution.BrowserTests;

/// <summary>Numbers on pages, compared with the API; statements, rejections and the ranking, used as users do.</summary>
public sealed partial class PageNumberTests(BrowserHost host) : IClassFixture<BrowserHost>
{
    private static readonly string Days = $"from={BrowserHost.Today.AddDays(-29):O}&to={BrowserHost.Today:O}";

    private static readonly string[] Creators = ["mia", "ben", "zoe", "eve"];

    /// <summary>A month in the past, with days that no other page shows.</summary>
    private static readonly DateOnly Month = new(BrowserHost.Today.AddMonths(-2).Year, BrowserHost.Today.AddMonths(-2).Month, 1);

    [Fact]
    public async Task Every_number_in_a_table_or_figure_comes_from_the_api()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await SellAsync("ben", "b");
        var month = Month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string Rows(string groupBy, string more = "") => $"/v1/rollups/daily?{Days}&groupBy={groupBy}{more}";
        string[] Detail(string filter, string parts) =>
        [
            Rows("", filter), Rows("day", filter), Rows(parts, filter), Rows("", filter + "&model=all"), Rows(parts, filter + "&model=all"),
            $"/v1/conversions?{Days}{filter}", $"/v1/posts?{Days}{filter}", $"/v1/roi?{Days}{filter}", Changes("", filter),
        ];
        var wrong = new List<string>();
        var page = await host.PageAsync();
        string Changes(string groupBy, string more = "") =>
            $"/v1/changes?{Days}&previousFrom={BrowserHost.Today.AddDays(-59):O}&previousTo={BrowserHost.Today.AddDays(-30):O}&groupBy={groupBy}{more}";
        string[] Overview(string more = "") =>
        [
            Rows("", more), Rows("day", more), Rows("creator", more), Rows("campaign", more), Changes("creator", more),
            .. more.Length > 0 ? Array.Empty<string>() : Creators.Select(creator => $"/v1/roi?{Days}&creator={creator}"),
        ];
        foreach (var (path, answers) in new (string, string[])[]
        {
            ("/", Overview()), ("/?view=cash", Overview("&view=cash")),
            ("/creators", [Rows("creator"), .. Creators.Select(creator => $"/v1/roi?{Days}&creator={creator}")]), ("/creators?model=linear&sort=-roi", [Rows("creator", "&model=linear")]),
            ("/creators/mia", Detail("&creator=mia", "campaign")), ("/creators/ben", Detail("&creator=ben", "campaign")), ("/creators/mia/report", Detail("&creator=mia", "campaign")),
            ("/campaigns", [Rows("campaign")]), ("/campaigns/spring", [.. Detail("&campaign=spring", "creator"), "/v1/budget?campaign=spring"]),
            ("/ranking", [$"/v1/ranking?{Days}"]), ("/compare?a=creators/mia&b=creators/ben", [$"/v1/compare?{Days}&a=creators/mia&b=creators/ben"]),
            ("/orders", [$"/v1/conversions?{Days}"]), ("/orders/two", ["/v1/conversions/two"]), ("/orders/mia-3", ["/v1/conversions/mia-3"]), ("/restatements", [$"/v1/restatements?{Days}"]),
            ("/quality", ["/v1/quality", "/v1/unmatched", "/v1/rejections", Rows("")]),
            ($"/creators/ben/statements/{month}", [$"/v1/statements?creator=ben&month={month}"]), ($"/statements?month={month}", [$"/v1/statements/months/{month}"]),
        })
        {
            await page.GotoAsync(path);
            var known = new HashSet<decimal>();
            foreach (var answer in answers) Collect(await host.GetAsync(answer), known);
            var (numbers, texts) = (0, await page.Locator("main td, main dd, main tfoot td").AllTextContentsAsync());
            foreach (var (text, number, isPercent) in texts.SelectMany(Read))
            {
                numbers++;
                if (!known.Contains(number) && !(isPercent && known.Contains(number / 100))) wrong.Add($"{path}: {text}");
            }

            if (numbers == 0) wrong.Add($"{path}: shows no number");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Creators_are_ranked_and_compared()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        await page.GotoAsync("/");
        await page.ClickAsync("nav >> text=Ranking");
        var rows = page.Locator("section", new() { HasText = "Ranked ROI" }).Last.Locator("tbody tr");
        var api = (await host.GetAsync($"/v1/ranking?{Days}"))["rows"]!.AsArray();
        await Assertions.Expect(rows).ToHaveCountAsync(api.Count);
        for (var i = 0; i < api.Count; i++)
            (await rows.Nth(i).Locator("td").Nth(1).InnerTextAsync()).ShouldBe(((string)api[i]!["rankedRoiPercent"]!) + "\u00A0%");

        await page.ClickAsync("nav >> text=Compare");
        await page.FillAsync("[name=a]", "creators/mia");
        await page.FillAsync("[name=b]", "creators/zoe");
        await page.ClickAsync(".scope button");
        (await page.InnerTextAsync(".lead")).ShouldContain("Too few to tell");
        await page.FillAsync("[name=b]", "creators/nobody");
        await page.ClickAsync(".scope button");
        (await page.InnerTextAsync(".fault")).ShouldContain("nobody");
    }

    [Fact]
    public async Task Monthly_statement_is_approved_closed_paid_and_printed()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await SellAsync("mia", "m");
        var month = Month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        var page = await host.PageAsync();
        await page.GotoAsync($"/creators/mia/statements/{month}");
        (await page.InnerTextAsync("main")).ShouldContain("not closed");
        (await FigureAsync(page, "Payable")).ShouldBe("0.00 USD");

        await page.ClickAsync("text=Approve what waits");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("30.00 USD");
        await Assertions.Expect(page.Locator("text=Approve what waits")).ToHaveCountAsync(0);
        (await FigureAsync(page, "Payable")).ShouldBe("30.00 USD");
        await page.ClickAsync("text=Close statement");
        await page.WaitForSelectorAsync("[name=reference]");
        var number = (int)(await host.GetAsync($"/v1/statements?creator=mia&month={month}"))["number"]!;
        (await page.InnerTextAsync("main")).ShouldContain($"No. {number}, closed");
        await page.FillAsync("[name=reference]", "=SEPA-1");
        await page.ClickAsync("text=Mark as paid");
        await page.WaitForSelectorAsync("main .note:has-text('paid')");
        (await page.InnerTextAsync("main")).ShouldContain("=SEPA-1");

        foreach (var path in new[] { $"/creators/mia/statements/{month}", $"/creators/mia/report?{Days}", $"/creators/mia?{Days}", $"/statements?month={month}" })
        {
            await page.GotoAsync(path);
            await page.EmulateMediaAsync(new() { Media = Media.Print });
            // The width of A4 without its margins at 96 dpi.
            await page.SetViewportSizeAsync(718, 1000);
            (await page.Locator(".menu nav").IsVisibleAsync()).ShouldBeFalse(path);
            (await page.EvaluateAsync<string?>("[...document.querySelectorAll('main table')].filter(table => table.getBoundingClientRect().right > innerWidth + 1).map(table => table.innerText.slice(0, 60)).join('; ')")).ShouldBe("", path);
            (await page.PdfAsync(new() { Format = "A4" })).Length.ShouldBeGreaterThan(1_000);
            await page.EmulateMediaAsync(new() { Media = Media.Screen });
        }
    }

    [Fact]
    public async Task Rejected_event_is_replayed_after_its_cause_is_fixed()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync(scripts: false);
        await page.GotoAsync("/quality");
        await page.ClickAsync("main form button");
        (await page.InnerTextAsync(".done")).ShouldBe("Replay finished: 0 accepted, 1 rejected again.");
        await host.PutAsync("brands/later", """{"name":"Later","currency":"USD"}""");
        await page.GotoAsync("/quality?brand=default");
        await page.ClickAsync("main form button");
        (await page.InnerTextAsync(".done")).ShouldBe("Replay finished: 1 accepted, 0 rejected again.");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("No rejections.");
        (await host.GetAsync("/v1/rejections"))["items"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>Sends three orders in a past month, with an agreement of ten percent that requires manual approval.</summary>
    private async Task SellAsync(string creator, string prefix)
    {
        await host.PutAsync($"agreements/{creator}", $$"""{"campaignId":"spring","creatorId":"{{creator}}","commission":{"kind":"percent_of_net","rate":"10"},"approval":"manual","validTo":"{{Month.AddMonths(1):O}}"}""");
        var events = Enumerable.Range(0, 3).Select(i => $$"""{"type":"redemption","id":"{{prefix}}-{{i}}","occurredAt":"{{Month.AddDays(9):O}}T12:00:00Z","orderId":"old-{{prefix}}-{{i}}","codes":["{{creator}}10"],"currency":"USD","gross":"100.00"}""");
        using var body = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        using var answer = await host.Api.PostAsync(new Uri("/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        await host.WaitUntilSettledAsync();
    }

    private static async Task<string> FigureAsync(IPage page, string name) =>
        await page.Locator(".figures > div", new() { Has = page.Locator($"dt:text-is('{name}')") }).Locator("dd").First.InnerTextAsync();

    private static void Collect(JsonNode? node, HashSet<decimal> known)
    {
        if (node is JsonObject members) foreach (var (_, member) in members) Collect(member, known);
        else if (node is JsonArray items) foreach (var item in items) Collect(item, known);
        else if (decimal.TryParse(node?.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) known.Add(number);
    }

    /// <summary>Returns the numbers in a cell; none for other texts, such as a day.</summary>
    private static IEnumerable<(string Text, decimal Number, bool IsPercent)> Read(string cell)
    {
        var text = cell.Replace('\u00A0', ' ').Trim();
        foreach (var match in new[] { Number().Match(text), Interval().Match(text), Change().Match(text) }.Where(match => match.Success))
            foreach (var group in new[] { "number", "amount", "share" })
                foreach (Capture capture in match.Groups[group].Captures)
                {
                    var number = decimal.Parse(capture.Value, NumberStyles.Number, CultureInfo.GetCultureInfo("en-GB"));
                    // Words give the direction of a change.
                    if (group == "share" && text.StartsWith('▼')) number = -number;
                    yield return (text, number, group == "share" || match.Groups["percent"].Success);
                }
    }

    [GeneratedRegex("^([▲▼] )?(?<number>-?[0-9][0-9,]*(\\.[0-9]+)?)( (?<percent>%))?( (USD|▲|▼))?$")]
    private static partial Regex Number();

    [GeneratedRegex("^(95 % interval of the ROI: )?(?<number>-?[0-9][0-9,]*(\\.[0-9]+)?) to (?<number>-?[0-9][0-9,]*(\\.[0-9]+)?) (?<percent>%)$")]
    private static partial Regex Interval();

    /// <summary>Matches a change in words: ▲ more by 12.4 % than 1,204.00 USD before.</summary>
    [GeneratedRegex("^(▲ more|▼ less|same)( by (?<share>[0-9][0-9,.]*) (%|points))? (than|as before:) (?<amount>-?[0-9][0-9,]*(\\.[0-9]+)?)( USD| %)?( before)?$")]
    private static partial Regex Change();
}
