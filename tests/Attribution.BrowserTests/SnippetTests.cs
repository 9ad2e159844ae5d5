using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.BrowserTests;

/// <summary>The snippet in a real browser, from a creator's link to the creator's commission.</summary>
public sealed class SnippetTests(ShopBrowserHost host) : IClassFixture<ShopBrowserHost>
{
    private const string OneOrder = "1 orders, 181.09 net, 18.11 commission";

    [Fact]
    public async Task Followed_link_and_order_appear_under_their_creator()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("mia");
        await using var person = await host.NewContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(host.Link("mia"));
        await host.WaitForRollupAsync("mia", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");

        var purchase = await host.BuyAsync(page);
        purchase.Visitor.Length.ShouldBe(32);
        purchase.Landing.ShouldContain("atr_cid=" + purchase.Click);
        await host.PostOrderAsync(purchase);
        await host.WaitForRollupAsync("mia", $"1 clicks, 1 visits, {OneOrder}");

        // A later visit without a link: the same visitor, and the click is still known.
        await page.GotoAsync($"{host.Shop.Origin}/mia");
        var again = await host.BuyAsync(page);
        (again.Visitor, again.Click).ShouldBe((purchase.Visitor, purchase.Click));
    }

    [Fact]
    public async Task Direct_visit_is_a_landing_and_internal_navigation_is_not()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("bea");
        await using var person = await host.NewContextAsync();
        var page = await person.NewPageAsync();
        var visits = 0;
        page.Request += (_, request) => visits += request.Url.Contains("/v1/visits", StringComparison.Ordinal) ? 1 : 0;
        Task WaitForVisitsAsync(int expected) => Eventually.IsTrueAsync(() => visits == expected, $"{expected} visits");
        await page.GotoAsync($"{host.Shop.Origin}/bea");
        await page.WaitForFunctionAsync("window.attribution && attribution.ids().visitorId");
        await WaitForVisitsAsync(1);
        await page.EvaluateAsync("location.href = '/bea?size=m'");
        await page.WaitForFunctionAsync("location.search == '?size=m' && window.attribution && attribution.ids().visitorId");
        await page.EvaluateAsync("location.href = '/bea?utm_source=instagram'");
        await page.WaitForFunctionAsync("location.search == '?utm_source=instagram' && window.attribution && attribution.ids().visitorId");
        // Two landings; the internal navigation between them is not counted.
        await WaitForVisitsAsync(2);
    }

    [Fact]
    public async Task Landing_page_passes_its_ids_on_without_cookies()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("ana");
        await using var person = await host.NewContextAsync();
        var page = await ShopBrowserHost.PageWithoutCookiesAsync(person);
        host.Shop.Cookies.Clear();
        await page.GotoAsync(host.Link("ana"));
        (await page.EvaluateAsync<bool>("navigator.cookieEnabled")).ShouldBeFalse("the browser should block cookies");

        await host.PostOrderAsync(await host.BuyAsync(page));
        await host.WaitForRollupAsync("ana", $"1 clicks, 1 visits, {OneOrder}");
        host.Shop.Cookies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Storage_keeps_the_ids_when_cookies_do_not()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("eva");
        await using var person = await host.NewContextAsync();
        await person.AddInitScriptAsync("Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set: () => {} })");
        var page = await person.NewPageAsync();
        await page.GotoAsync(host.Link("eva"));
        var first = await host.BuyAsync(page);
        await page.GotoAsync($"{host.Shop.Origin}/eva");
        var second = await host.BuyAsync(page);
        (second.Visitor, second.Click).ShouldBe((first.Visitor, first.Click));
        first.Visitor.Length.ShouldBe(32);
    }

    [Fact]
    public async Task Click_alone_attributes_without_scripts()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("lou");
        await using var person = await host.NewContextAsync(scripts: false);
        var page = await person.NewPageAsync();
        await page.GotoAsync(host.Link("lou"));

        var purchase = await host.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
        await host.PostOrderAsync(purchase);
        await host.WaitForRollupAsync("lou", $"1 clicks, 0 visits, {OneOrder}");
    }

    [Fact]
    public async Task Shared_landing_url_does_not_merge_its_readers()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("zoe");
        await using var first = await host.NewContextAsync();
        var page = await first.NewPageAsync();
        await page.GotoAsync(host.Link("zoe"));
        var address = page.Url;
        await host.WaitForRollupAsync("zoe", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");
        var orders = new List<string> { await host.PostOrderAsync(await host.BuyAsync(page)) };

        for (var i = 2; i <= 6; i++)
        {
            await using var other = await host.NewContextAsync();
            var copied = await other.NewPageAsync();
            await copied.GotoAsync(address);
            await host.WaitForRollupAsync("zoe", Expected(visits: i, orders: i - 1));
            orders.Add(await host.PostOrderAsync(await host.BuyAsync(copied)));
            await host.WaitForRollupAsync("zoe", Expected(visits: i, orders: i));
        }

        var journeys = new List<JsonNode>();
        foreach (var order in orders)
        {
            using var answer = await host.Host.GetAsync("/v1/journeys?order=" + Uri.EscapeDataString(order), TestContext.Current.CancellationToken);
            journeys.Add(JsonNode.Parse(answer.RootElement.GetRawText())!);
        }

        journeys.Select(journey => (string)journey["id"]!).Distinct().Count().ShouldBe(6);
        journeys.ShouldAllBe(journey => journey["conversions"]!.AsArray().Count == 1);
        journeys[0]["touches"]!.AsArray().Count(touch => (string)touch!["kind"]! == "click").ShouldBe(1);
        journeys.Skip(1).ShouldAllBe(journey => journey["touches"]!.AsArray().All(touch => (string)touch!["kind"]! == "visit"));

        static string Expected(int visits, int orders) => string.Create(
            CultureInfo.InvariantCulture, $"1 clicks, {visits} visits, {orders} orders, {orders * 181.09m:0.00} net, {orders * 18.11m:0.00} commission");
    }

    [Theory]
    [InlineData("nia", "", "<script>attribution = { consent: false }</script>")]
    [InlineData("ida", "data-consent", "")]
    [InlineData("una", "data-dnt", "<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>")]
    public async Task Without_consent_nothing_is_stored_or_sent(string creator, string attributes, string before)
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync(creator, attributes, before);
        await using var person = await host.NewContextAsync();
        var page = await person.NewPageAsync();
        var sent = new List<string>();
        page.Request += (_, request) => sent.Add(request.Url);
        await page.GotoAsync(host.Link(creator));
        await page.WaitForFunctionAsync("window.attribution && attribution.ids");
        await ShouldHaveStoredNothingAsync(page);

        var purchase = await host.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
        sent.ShouldNotContain(url => url.Contains("/v1/visits", StringComparison.Ordinal));
        sent.ShouldContain(url => url.EndsWith("/attribution.js", StringComparison.Ordinal));
        // The shop does not pass on the click either, so the order is not attributed.
        await host.PostOrderAsync(purchase with { Landing = "/" });
        await host.Host.WaitUntilSettledAsync(TestContext.Current.CancellationToken);
        await host.WaitForRollupAsync(creator, "1 clicks, 0 visits, 0 orders, 0.00 net, 0.00 commission");
    }

    [Fact]
    public async Task Granted_consent_starts_tracking_and_withdrawn_consent_erases_it()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("kim", "data-consent");
        await using var person = await host.NewContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(host.Link("kim"));
        await page.WaitForFunctionAsync("window.attribution && attribution.ids");
        await page.EvaluateAsync("attribution.consent(true)");
        await host.WaitForRollupAsync("kim", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");
        (await page.EvaluateAsync<string>("document.cookie")).ShouldContain("atr_visitor=");

        await page.EvaluateAsync("attribution.consent(false)");
        await ShouldHaveStoredNothingAsync(page);
        var purchase = await host.BuyAsync(page);
        (purchase.Visitor, purchase.Click).ShouldBe(("", ""));
    }

    [Fact]
    public async Task Landing_is_kept_until_consent_although_the_address_was_cleaned()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("ivy", "data-consent");
        await using var person = await host.NewContextAsync();
        var page = await person.NewPageAsync();
        await page.GotoAsync(host.Link("ivy"));
        await page.WaitForFunctionAsync("window.attribution && attribution.ids");
        await page.EvaluateAsync("history.replaceState(null, '', location.pathname)");
        await ShouldHaveStoredNothingAsync(page);
        await page.EvaluateAsync("attribution.consent(true)");
        await host.WaitForRollupAsync("ivy", "1 clicks, 1 visits, 0 orders, 0.00 net, 0.00 commission");

        var purchase = await host.BuyAsync(page);
        purchase.Click.ShouldNotBeEmpty();
        await host.PostOrderAsync(purchase with { Landing = "/" });
        await host.WaitForRollupAsync("ivy", $"1 clicks, 1 visits, {OneOrder}");
    }

    [Theory]
    [InlineData("?utm_source=ig&utm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?a=1&utm_source=ig&amp;utm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?utm_source=ig&#038;utm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?variant=1?utm_source=ig?utm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?utm_source=ig#/spring?utm_campaign=c&utm_source=x", "?utm_source=ig&utm_campaign=c")]
    [InlineData("#utm_source=ig&utm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?UTM_SOURCE=ig&Utm_Campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?attribution/utm_source=ig&attribution%2Futm_campaign=c", "?utm_source=ig&utm_campaign=c")]
    [InlineData("?next=/b?utm_source=x#top", "")]
    public async Task Campaign_is_read_from_the_forms_that_links_take(string rest, string reported)
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("fay");
        await using var person = await host.NewContextAsync();
        var page = await RecordingPageAsync(person);
        await page.GotoAsync($"{host.Shop.Origin}/fay{rest}");
        await page.WaitForFunctionAsync("sent.length == 1");
        (await page.EvaluateAsync<string>("sent[0].url")).ShouldBe($"{host.Shop.Origin}/fay{reported}");

        await host.CreatorAsync("fay", "data-read=''");
        if (rest == reported) return;
        await page.GotoAsync("about:blank");
        await page.GotoAsync($"{host.Shop.Origin}/fay{rest}");
        await page.WaitForFunctionAsync("sent.length == 1");
        (await page.EvaluateAsync<string>("sent[0].url")).ShouldNotBe($"{host.Shop.Origin}/fay?utm_source=ig&utm_campaign=c");
    }

    [Fact]
    public async Task New_campaign_of_the_same_page_is_a_landing()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        await host.CreatorAsync("gil");
        await using var person = await host.NewContextAsync();
        var page = await RecordingPageAsync(person);
        await page.GotoAsync($"{host.Shop.Origin}/gil");
        await page.WaitForFunctionAsync("sent.length == 1");
        await page.EvaluateAsync(
            """
            history.pushState(null, '', '/gil?size=m');
            history.pushState(null, '', '/gil?utm_source=ig&atr_cid=k-9');
            history.pushState(null, '', '/gil?utm_source=ig&atr_cid=k-9');
            """);
        await page.EvaluateAsync("history.pushState(null, '', '/gil'); location.hash = '#/offer?utm_source=mail'");
        await page.WaitForFunctionAsync("sent.length == 3");
        (await page.EvaluateAsync<string[]>("sent.map(visit => visit.url)")).ShouldBe(
            [$"{host.Shop.Origin}/gil", $"{host.Shop.Origin}/gil?utm_source=ig&atr_cid=k-9", $"{host.Shop.Origin}/gil?utm_source=mail"]);
        (await page.EvaluateAsync<string>("attribution.ids().clickId")).ShouldBe("k-9");
    }

    /// <summary>Opens a page that records the snippet's visits instead of sending them.</summary>
    private static async Task<IPage> RecordingPageAsync(IBrowserContext person)
    {
        await person.AddInitScriptAsync("window.sent = []; navigator.sendBeacon = (to, body) => sent.push(JSON.parse(body))");
        return await person.NewPageAsync();
    }

    private static async Task ShouldHaveStoredNothingAsync(IPage page)
    {
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length")).ShouldBe(0);
        (await page.EvaluateAsync<string?>("attribution.ids().visitorId || null")).ShouldBeNull();
    }
}
