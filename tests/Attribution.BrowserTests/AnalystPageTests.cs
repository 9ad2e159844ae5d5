using Attribution.Host.Reporting.Pages;
using Attribution.TestKit;

namespace Attribution.BrowserTests;

/// <summary>Tasks of analysts on the pages, in a real browser.</summary>
public sealed class AnalystPageTests(BrowserHost host) : IClassFixture<BrowserHost>
{
    // Every page, with names that contain markup.
    internal static readonly string[] Pages =
    [
        "/", "/creators", "/creators/ben", "/creators/eve", "/campaigns", "/campaigns/spring", "/orders", "/orders?visitor=two", "/orders/two", "/orders/" + Uri.EscapeDataString(BrowserHost.Hostile), "/restatements", "/quality",
        "/what-if", "/catalog", "/catalog/creators", "/catalog/creators/item?id=eve", "/catalog/codes/item?assign=" + Uri.EscapeDataString(BrowserHost.Hostile), "/search?q=a", "/orders?only=unattributed", "/settings", "/settings/users", "/settings/users/vera", "/settings/keys", "/invitation?token=x", "/creators?q=" + Uri.EscapeDataString(BrowserHost.Hostile),
        "/ranking", "/compare?a=creators/mia&b=creators/eve", "/creators/eve/report", "/creators/eve/statements/2026-10", "/statements?month=2026-10", "/start", "/orders?only=new", "/catalog/agreements/item", "/catalog/brands/item?id=default", "/catalog/links/item?id=eve", "/settings/webhooks", "/code-usage", "/products", "/statements", "/compare", "/catalog/brands", "/catalog/costs", "/docs", "/search",
        "/?brand=" + Uri.EscapeDataString(BrowserHost.Hostile), "/sign-in?next=" + Uri.EscapeDataString(BrowserHost.Hostile),
    ];

    private static readonly string Days = $"from={BrowserHost.Today.AddDays(-29):O}&to={BrowserHost.Today:O}";

    [Fact]
    public async Task Worst_creator_is_found_in_two_clicks_with_the_numbers_of_the_api()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        await page.GotoAsync("/");
        var total = (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy="))["rows"]![0]!;
        (await FigureAsync(page, "Net revenue")).ShouldBe(Format(total["net"]) + " USD");
        (await FigureAsync(page, "Cost")).ShouldBe(Format(total["cost"]!["total"]) + " USD");
        (await FigureAsync(page, "ROI")).ShouldBe(Format(total["roiPercent"]) + " %");

        await page.ClickAsync("nav >> text=Creators");
        await page.ClickAsync("thead a:text-is('ROI')");
        await page.WaitForSelectorAsync("th[aria-sort]:has-text('ROI')");
        var rows = (await host.GetAsync($"/v1/rollups/daily?{Days}&groupBy=creator"))["rows"]!.AsArray().OrderByDescending(row => decimal.Parse((string)row!["roiPercent"]!, CultureInfo.InvariantCulture)).ToList();
        var table = await TableAsync(page);
        table.Count.ShouldBe(4);
        foreach (var (cells, row) in table.Zip(rows))
        {
            cells["Net"].ShouldBe(Format(row!["net"]));
            cells["Cost"].ShouldBe(Format(row["cost"]!["total"]));
            cells["ROI"].ShouldBe(Format(row["roiPercent"]) + " %");
            cells["Clicks"].ShouldBe(row["clicks"]!.ToString());
        }

        table[^1]["Creator"].ShouldStartWith("Ben");
        table.Single(cells => cells["Creator"].StartsWith("Zoe", StringComparison.Ordinal))["Creator"].ShouldContain("too few");
        await page.ClickAsync("tbody tr:last-child th a");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Ben");
        (await FigureAsync(page, "ROI")).ShouldBe(table[^1]["ROI"]);
    }

    [Fact]
    public async Task Order_is_explained_and_its_creators_models_are_compared()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        await page.GotoAsync("/orders");
        await page.FillAsync("[name=order]", "two");
        await page.PressAsync("[name=order]", "Enter");
        await page.WaitForURLAsync("**/orders/two*");
        (await page.InnerTextAsync(".timeline")).ShouldContain("click of Mia");
        var decision = await host.GetAsync("/v1/conversions/two");
        var credited = (string)decision["decision"]!["candidates"]!.AsArray().Single(candidate => (string)candidate!["weight"]! == "1.000000")!["creatorId"]!;
        (await page.InnerTextAsync(".lead")).Replace('\u00A0', ' ').ShouldMatch(
            $"^100\\.00 % to {char.ToUpperInvariant(credited[0])}{credited[1..]} in .*, by the policy Code first and the model Last touch\\.$");

        await page.ClickAsync(".timeline >> text=Mia");
        var models = page.Locator("section", new() { HasText = "Models side by side" }).Locator("table").First.Locator("tbody tr");
        var api = (await host.GetAsync($"/v1/rollups/daily?{Days}&creator=mia&groupBy=&model=all"))["rows"]!.AsArray().ToDictionary(row => PageFormat.Name((string)row!["model"]!), row => Format(row!["net"]));
        await models.First.WaitForAsync();
        var shown = new Dictionary<string, string>();
        foreach (var row in await models.AllAsync()) shown[(await row.Locator("th").InnerTextAsync()).Replace(" (book model)", "", StringComparison.Ordinal)] = (await row.Locator("td").AllInnerTextsAsync())[1];
        shown.Keys.ShouldBe(api.Keys, ignoreOrder: true);
        foreach (var (model, net) in shown) net.ShouldBe(api[model], model);
        (shown["First touch"], shown["Linear"], shown["Last touch"]).ShouldBe(("1,280.00", "1,240.00", "1,200.00"));
    }

    [Fact]
    public async Task Assigning_an_unmatched_code_restates_revenue_without_scripts()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync(scripts: false);
        await page.GotoAsync("/quality");
        await page.ClickAsync("tr:has-text('SUMMER') >> text=Assign");
        (await page.InputValueAsync("[name=code]")).ShouldBe("SUMMER");
        await page.FillAsync("[name=campaignId]", "sprnig");
        await page.FillAsync("[name=creatorId]", "zoe");
        await page.ClickAsync("main button:text-is('Save')");
        (await page.InnerTextAsync(".field.wrong")).ShouldContain("sprnig");
        await page.FillAsync("[name=campaignId]", "spring");
        await page.ClickAsync("main button:text-is('Save')");
        (await page.InnerTextAsync(".done")).ShouldContain("SUMMER is now in the catalog");

        await host.WaitUntilSettledAsync();
        await page.ReloadAsync();
        (await page.Locator("tr:has-text('SUMMER')").CountAsync()).ShouldBe(0);
        await page.GotoAsync("/creators/zoe");
        (await FigureAsync(page, "Net revenue")).ShouldBe("220.00 USD");
        await page.GotoAsync("/restatements");
        var lines = await page.Locator("tr:has-text('summer-')").AllInnerTextsAsync();
        lines.Count.ShouldBe(3);
        lines.ShouldAllBe(line => line.Contains("Zoe", StringComparison.Ordinal) && line.Contains("40.00", StringComparison.Ordinal) && line.EndsWith("catalog", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Csv_equals_the_table()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        await page.GotoAsync("/creators");
        var table = await TableAsync(page);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("main >> text=CSV"));
        var lines = (await File.ReadAllTextAsync((await download.PathAsync())!, TestContext.Current.CancellationToken)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
        var rows = lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second)).Where(row => row["creatorId"].Length > 0).ToList();
        rows.Select(row => $"{row["clicks"]} {Format(row["net"])} {Format(row["roiPercent"])} %").Order(StringComparer.Ordinal)
            .ShouldBe(table.Select(cells => $"{cells["Clicks"]} {cells["Net"]} {cells["ROI"]}").Order(StringComparer.Ordinal));

        using var catalog = await host.Api.GetAsync(new Uri("/v1/creators?format=csv", UriKind.Relative), TestContext.Current.CancellationToken);
        (await catalog.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain(",\"=<img");
    }

    [Fact]
    public async Task Viewer_is_denied_editing_and_can_sign_out()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync(signedIn: false);
        await page.GotoAsync("/creators");
        new Uri(page.Url).AbsolutePath.ShouldBe("/sign-in");
        await BrowserHost.SignInAsync(page, "vera", "not the password");
        (await page.InnerTextAsync(".fault")).ShouldContain("Sign-in failed");
        await BrowserHost.SignInAsync(page, "vera", BrowserHost.Password);
        (await page.InnerTextAsync(".who")).ShouldContain("vera (viewer)");
        (await page.Locator("nav >> text=Settings").CountAsync()).ShouldBe(0);
        await page.GotoAsync("/catalog/creators/item?id=mia");
        (await page.Locator("main button").CountAsync()).ShouldBe(0);

        // The host also refuses forms that the page omits.
        await page.EvaluateAsync("document.querySelector('main form').requestSubmit()");
        await page.WaitForSelectorAsync(".fault");
        (await page.InnerTextAsync(".fault")).ShouldContain("has the role 'viewer', which does not permit this");
        (await page.GotoAsync("/settings"))!.Status.ShouldBe(403);

        await page.ClickAsync(".who button");
        await page.WaitForSelectorAsync("[name=password]");
        await page.GotoAsync("/");
        new Uri(page.Url).AbsolutePath.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task Concurrent_edit_is_not_overwritten_and_what_if_run_shows_its_result()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        await page.GotoAsync("/catalog/creators/item?id=zoe");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/catalog/creators/item?id=zoe");
        await other.FillAsync("[name=region]", "AT");
        await other.ClickAsync("main button:text-is('Save')");
        (await other.InnerTextAsync(".done")).ShouldContain("Saved");
        await page.FillAsync("[name=region]", "CH");
        await page.ClickAsync("main button:text-is('Save')");
        (await page.InnerTextAsync(".fault")).ShouldContain("another user has changed");
        ((string?)(await host.GetAsync("/v1/creators/zoe"))["region"]).ShouldBe("AT");

        await page.GotoAsync("/catalog/creators");
        await page.FillAsync("[name=lines]", "id,name,status\nlia,Lia,active\nlou,Lou,asleep");
        await page.ClickAsync("#import button");
        await Assertions.Expect(page.Locator("#import")).ToContainTextAsync("Line 3 (lou): /status");

        await page.GotoAsync("/what-if");
        await page.SelectOptionAsync("[name=model]", "linear");
        await page.ClickAsync("main button:text-is('Run')");
        await page.WaitForSelectorAsync("tfoot, .fault");
        (await page.Locator(".fault").AllInnerTextsAsync()).ShouldBeEmpty();
        (await page.Locator("tbody tr:has-text('Mia')").InnerTextAsync()).ShouldContain("40.00");
    }

    [Theory]
    [InlineData("/docs/index.html", ".opblock")]
    [InlineData("/r/nobody", "h1")]
    public async Task Content_security_policy_permits_what_a_page_needs(string path, string shown)
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var page = await host.PageAsync();
        var refused = new List<string>();
        page.Console += (_, message) => { if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) refused.Add(message.Text); };
        await page.GotoAsync(path);
        await page.Locator(shown).First.WaitForAsync();
        if (path == "/r/nobody") (await page.EvaluateAsync<string>("getComputedStyle(document.body).maxWidth")).ShouldNotBe("none");
        refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_with_markup_are_escaped_and_every_page_fits_a_phone()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        // With ATTRIBUTION_SCREENSHOTS, also saves screenshots of all pages in four variants.
        var folder = Environment.GetEnvironmentVariable("ATTRIBUTION_SCREENSHOTS") is { Length: > 0 } ? Path.Combine(TestData.Repository, "tests", "screenshots") : null;
        var wrong = new List<string>();
        foreach (var (name, width, dark) in new[] { ("desktop-light", 1280, false), ("phone-dark", 390, true), ("desktop-dark", 1280, true), ("phone-light", 390, false) }.Take(folder is null ? 2 : 4))
        {
            var page = await host.PageAsync(width: width, dark: dark);
            page.Console += (_, message) => { if (message.Type == "error" && !message.Text.Contains("status of 40", StringComparison.Ordinal)) wrong.Add($"{page.Url}: {message.Text}"); };
            for (var i = 0; i < Pages.Length; i++)
            {
                await page.GotoAsync(Pages[i]);
                if (await page.EvaluateAsync<bool>("'hit' in window || document.querySelector('main img') !== null")) wrong.Add($"{Pages[i]}: markup in a name was executed");
                if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth")) wrong.Add($"{Pages[i]}: wider than {width}");
                if (i is 1 or 3 or 5 && !(await page.InnerTextAsync("main")).Contains(BrowserHost.Hostile, StringComparison.Ordinal)) wrong.Add($"{Pages[i]}: the name is not shown unchanged");
                if (folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{i:00}-{Pages[i].Split('?')[0].Trim('/').Replace('/', '-').Split('%')[0]}-{name}.png"), FullPage = true });
            }

            await page.Context.CloseAsync();
        }

        wrong.ShouldBeEmpty();
    }

    private static string Format(JsonNode? number) => Format((string)number!);

    /// <summary>Formats a number of the API in British English.</summary>
    private static string Format(string number) => decimal.Parse(number, CultureInfo.InvariantCulture).ToString(
        $"N{(number.Contains('.', StringComparison.Ordinal) ? number.Length - number.IndexOf('.', StringComparison.Ordinal) - 1 : 0)}", CultureInfo.GetCultureInfo("en-GB"));

    private static async Task<string> FigureAsync(IPage page, string name) =>
        (await page.Locator(".figures > div", new() { Has = page.Locator($"dt:text-is('{name}')") }).Locator("dd").First.InnerTextAsync()).Replace('\u00A0', ' ');

    /// <summary>Returns the rows of the first table of the page, with cells by heading without its unit.</summary>
    private static async Task<List<Dictionary<string, string>>> TableAsync(IPage page)
    {
        var heads = await page.Locator("main table").First.Locator("thead th").AllInnerTextsAsync();
        var rows = new List<Dictionary<string, string>>();
        foreach (var row in await page.Locator("main table").First.Locator("tbody tr").AllAsync())
            rows.Add(heads.Zip(await row.Locator("th, td").AllInnerTextsAsync()).ToDictionary(cell => cell.First.Replace("USD", "", StringComparison.Ordinal).Trim(), cell => cell.Second.Replace('\u00A0', ' ').Trim()));
        return rows;
    }
}
