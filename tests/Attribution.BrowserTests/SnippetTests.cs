using Attribution.TestKit.Hosts;

namespace Attribution.BrowserTests;

/// <summary>From a creator's link to the creator's commission, in a real browser.</summary>
public sealed class SnippetTests(ShopBrowserHost market) : IClassFixture<ShopBrowserHost>
{
    private const string OneOrder = "1 orders, 181.09 net, 18.11 commission";

    [Fact]
    public async Task Followed_link_and_order_appear_under_their_creator()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("mia");
        await using var person = await market.NewContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(market.Link("mia"));
        await market.WaitForRollupAsync("mia", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");

        var purchase = await market.BuyAsync(page);
        purchase.Visitor.Length.ShouldBe(32);
        purchase.Landing.ShouldContain("atr_cid=" + purchase.Click);
        await market.PostOrderAsync(purchase);
        await market.WaitForRollupAsync("mia", $"1 clicks, 1 visits, {OneOrder}");

        // Another day in the shop, by no link: the same visitor, with the click still known, and a visit that earns nobody anything.
        await page.GotoAsync($"{market.Shop.Origin}/mia");
        var again = await market.BuyAsync(page);
        (again.Visitor, again.Click).ShouldBe((purchase.Visitor, purchase.Click));
    }

    [Fact]
    public async Task Direct_visit_is_a_landing_and_internal_navigation_is_not()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("bea");
        await using var person = await market.NewContextAsync();
        var page = await person.NewPageAsync();
        var visits = 0;
        page.Request += (_, request) => visits += request.Url.Contains("/v1/visits", StringComparison.Ordinal) ? 1 : 0;
        await page.GotoAsync($"{market.Shop.Origin}/bea");
        await page.WaitForFunctionAsync("window.attribution && attribution.ids().visitorId");
        visits.ShouldBe(1);
        await page.EvaluateAsync("location.href = '/bea?size=m'");
        await page.WaitForFunctionAsync("location.search == '?size=m' && window.attribution && attribution.ids().visitorId");
        visits.ShouldBe(1);
        await page.EvaluateAsync("location.href = '/bea?utm_source=instagram'");
        await page.WaitForFunctionAsync("location.search == '?utm_source=instagram' && window.attribution && attribution.ids().visitorId");
        visits.ShouldBe(2);
    }

    [Fact]
    public async Task Landing_page_passes_its_ids_on_without_cookies()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("ana");
        await using var person = await market.NewContextAsync();
        var page = await ShopBrowserHost.PageWithoutCookiesAsync(person);
        market.Shop.Cookies.Clear();
        await page.GotoAsync(market.Link("ana"));
        (await page.EvaluateAsync<bool>("navigator.cookieEnabled")).ShouldBeFalse("the browser should block cookies");

        await market.PostOrderAsync(await market.BuyAsync(page));
        await market.WaitForRollupAsync("ana", $"1 clicks, 1 visits, {OneOrder}");
        market.Shop.Cookies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Storage_keeps_the_ids_when_cookies_do_not()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("eva");
        await using var person = await market.NewContextAsync();
        await person.AddInitScriptAsync("Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} })");
        var page = await person.NewPageAsync();
        await page.GotoAsync(market.Link("eva"));
        var first = await market.BuyAsync(page);
        await page.GotoAsync($"{market.Shop.Origin}/eva");
        var second = await market.BuyAsync(page);
        (second.Visitor, second.Click).ShouldBe((first.Visitor, first.Click));
        first.Visitor.Length.ShouldBe(32);
    }

    [Fact]
    public async Task Click_alone_attributes_without_scripts()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("lou");
        await using var person = await market.NewContextAsync(scripts: false);
        var page = await person.NewPageAsync();
        await page.GotoAsync(market.Link("lou"));

        var purchase = await market.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
        await market.PostOrderAsync(purchase);
        await market.WaitForRollupAsync("lou", $"1 clicks, 0 visits, {OneOrder}");
    }

    [Fact]
    public async Task Shared_landing_url_does_not_merge_its_readers()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("zoe");
        await using var first = await market.NewContextAsync();
        var page = await first.NewPageAsync();
        await page.GotoAsync(market.Link("zoe"));
        var address = page.Url;
        await market.WaitForRollupAsync("zoe", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");
        var orders = new List<string> { await market.PostOrderAsync(await market.BuyAsync(page)) };

        for (var i = 2; i <= 6; i++)
        {
            await using var other = await market.NewContextAsync();
            var copied = await other.NewPageAsync();
            await copied.GotoAsync(address);
            await market.WaitForRollupAsync("zoe", Told(visits: i, orders: i - 1));
            orders.Add(await market.PostOrderAsync(await market.BuyAsync(copied)));
            await market.WaitForRollupAsync("zoe", Told(visits: i, orders: i));
        }

        var journeys = new List<JsonNode>();
        foreach (var order in orders)
        {
            using var answer = await market.Host.GetAsync("/v1/journeys?order=" + Uri.EscapeDataString(order), TestContext.Current.CancellationToken);
            journeys.Add(JsonNode.Parse(answer.RootElement.GetRawText())!);
        }

        journeys.Select(journey => (string)journey["id"]!).Distinct().Count().ShouldBe(6);
        journeys.ShouldAllBe(journey => journey["conversions"]!.AsArray().Count == 1);
        journeys[0]["touches"]!.AsArray().Count(touch => (string)touch!["kind"]! == "click").ShouldBe(1);
        journeys.Skip(1).ShouldAllBe(journey => journey["touches"]!.AsArray().All(touch => (string)touch!["kind"]! == "visit"));

        static string Told(int visits, int orders) => string.Create(
            CultureInfo.InvariantCulture, $"1 clicks, {visits} visits, {orders} orders, {orders * 181.09m:0.00} net, {orders * 18.11m:0.00} commission");
    }

    [Theory]
    [InlineData("nia", "", "<script>attribution = { consent: false }</script>")]
    [InlineData("ida", "data-consent", "")]
    [InlineData("una", "data-dnt", "<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>")]
    public async Task Without_consent_nothing_is_stored_or_sent(string creator, string attributes, string before)
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync(creator, attributes, before);
        await using var person = await market.NewContextAsync();
        var page = await person.NewPageAsync();
        var sent = new List<string>();
        page.Request += (_, request) => sent.Add(request.Url);
        await page.GotoAsync(market.Link(creator));
        await page.WaitForFunctionAsync("window.attribution && attribution.ids");
        await ShouldHaveStoredNothingAsync(page);

        var purchase = await market.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
        sent.ShouldNotContain(url => url.Contains("/v1/visits", StringComparison.Ordinal));
        sent.ShouldContain(url => url.EndsWith("/attribution.js", StringComparison.Ordinal));
        // The shop itself must not carry the click on either, and then the order is nobody's.
        await market.PostOrderAsync(purchase with { Landing = "/" });
        await market.Host.WaitUntilSettledAsync(TestContext.Current.CancellationToken);
        await market.WaitForRollupAsync(creator, "1 clicks, 0 visits, 0 orders, 0.00 net, 0.00 commission");
    }

    [Fact]
    public async Task Granted_consent_starts_tracking_and_withdrawn_consent_erases_it()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await market.CreatorAsync("kim", "data-consent");
        await using var person = await market.NewContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(market.Link("kim"));
        await page.WaitForFunctionAsync("window.attribution && attribution.ids");
        await page.EvaluateAsync("attribution.consent(true)");
        await market.WaitForRollupAsync("kim", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");
        (await page.EvaluateAsync<string>("document.cookie")).ShouldContain("atr_visitor=");

        await page.EvaluateAsync("attribution.consent(false)");
        await ShouldHaveStoredNothingAsync(page);
        var purchase = await market.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
    }

    private static async Task ShouldHaveStoredNothingAsync(IPage page)
    {
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length")).ShouldBe(0);
        (await page.EvaluateAsync<string?>("attribution.ids().visitorId || null")).ShouldBeNull();
    }
}
