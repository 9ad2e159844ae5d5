using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Storage.Access;
using Attribution.Storage.Sqlite;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.BrowserTests;

/// <summary>Fixture with a host process, a shop whose webhooks it receives, and a browser.</summary>
public sealed class ShopBrowserHost : IAsyncLifetime
{
    internal const string Chromium = "/usr/bin/chromium";
    private const string Secret = "shpss_hush";
    internal static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly TempFolder folder = new();
    private IPlaywright? playwright;
    private int orders = 1000;

    public HostProcess Host { get; private set; } = null!;

    public StaticShop Shop { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium)) return;
        var cancellation = TestContext.Current.CancellationToken;
        Shop = await StaticShop.StartAsync(cancellation);
        var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = folder.File("attribution.db") }, cancellation);
        await store.WebhookSecrets.AddWebhookSecretAsync(
            new WebhookSecretDocument { Id = "shop", Vendor = "shopify", Source = "shop", Brand = "default", Secret = Secret, CreatedAt = new Timestamp(1) }, cancellation);
        await store.DisposeAsync();
        Host = await HostProcess.ServeAsync(folder.Path, cancellation, "--Rollup:FoldEvery=00:00:00.2");
        await Host.PutAsync("brands", "default", $$"""{"id":"default","name":"Glow","currency":"USD","origins":["{{Shop.Origin}}"]}""", cancellation);
        await Host.PutAsync("campaigns", "spring", """{"id":"spring","name":"Spring"}""", cancellation);
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Switches });
    }

    /// <summary>Skips the test if no browser is installed.</summary>
    public static void SkipWithoutBrowser() => Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is missing");

    /// <summary>Creates a creator with a link to a separate landing page that contains the snippet.</summary>
    public async Task CreatorAsync(string creator, string attributes = "", string before = "")
    {
        var cancellation = TestContext.Current.CancellationToken;
        Shop.Write(creator, $"""{before}<script async src="{Host.Http.BaseAddress}attribution.js" {attributes}></script>""");
        await Host.PutAsync("creators", creator, $$"""{"id":"{{creator}}","name":"{{creator}}"}""", cancellation);
        await Host.PutAsync(
            "links", creator,
            $$"""{"id":"{{creator}}","slug":"{{creator}}","destination":"{{Shop.Origin}}/{{creator}}","campaignId":"spring","creatorId":"{{creator}}","utm":{"source":"instagram","content":"{{creator}}"} }""",
            cancellation);
        await Host.PutAsync(
            "agreements", creator,
            $$"""{"id":"{{creator}}","campaignId":"spring","creatorId":"{{creator}}","validFrom":"2020-01-01","commission":{"kind":"percent_of_net","rate":"10"} }""", cancellation);
    }

    /// <summary>Creates a browser context that shares nothing with the others.</summary>
    public Task<IBrowserContext> NewContextAsync(bool scripts = true) => Browser.NewContextAsync(new() { UserAgent = InApp, JavaScriptEnabled = scripts });

    /// <summary>Opens a page in a browser that blocks cookies and, as browsers then do, local storage.</summary>
    public static async Task<IPage> PageWithoutCookiesAsync(IBrowserContext person)
    {
        await person.AddInitScriptAsync("for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })");
        var page = await person.NewPageAsync();
        var browser = await person.NewCDPSessionAsync(page);
        await browser.SendAsync("Emulation.setDocumentCookieDisabled", new() { ["disabled"] = true });
        return page;
    }

    /// <summary>Returns the address of a creator's link.</summary>
    public string Link(string creator) => $"{Host.Http.BaseAddress}r/{creator}";

    /// <summary>Buys on the open page and returns the purchase that the shop recorded.</summary>
    public async Task<Purchase> BuyAsync(IPage page)
    {
        await page.ClickAsync("button");
        await page.WaitForSelectorAsync("#thanks");
        return Shop.Purchases.Last();
    }

    /// <summary>
    /// Sends the shop's webhook for a purchase: Shopify's published example order (199.00 minus 17.91) without its code, with a
    /// new id and customer and with the attributes of the purchase.
    /// </summary>
    public async Task<string> PostOrderAsync(Purchase purchase)
    {
        var id = Interlocked.Increment(ref orders).ToString(CultureInfo.InvariantCulture);
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var order = JsonNode.Parse(await File.ReadAllTextAsync(TestData.Path("webhooks/shopify_order_1073459981.json")))!.AsArray()[0]!;
        (order["id"], order["processed_at"], order["updated_at"], order["customer"]!["id"]) = (id, now, now, id);
        order["discount_codes"] = new JsonArray();
        order["landing_site"] = purchase.Landing;
        order["note_attributes"] = new JsonArray([.. Attribute("atr_vid", purchase.Visitor), .. Attribute("atr_cid", purchase.Click)]);

        var body = Encoding.UTF8.GetBytes(order.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/webhooks/shopify/shop") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Shopify-Topic", "orders/paid");
        request.Headers.Add("X-Shopify-Hmac-Sha256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body)));
        using var answer = await Host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"accepted\":1");
        return $"shop:{id}";

        static JsonNode[] Attribute(string name, string value) => value.Length == 0 ? [] : [new JsonObject { ["name"] = name, ["value"] = value }];
    }

    /// <summary>Waits until a creator's rollup has the expected clicks, visits, orders, net and commission.</summary>
    public async Task WaitForRollupAsync(string creator, string expected)
    {
        var (now, seen) = (DateTimeOffset.UtcNow, "nothing");
        await Eventually.IsTrueAsync(
            async () =>
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"/v1/rollups/daily?from={now.AddDays(-1):yyyy-MM-dd}&to={now.AddDays(1):yyyy-MM-dd}&groupBy=campaign,creator&creator={creator}");
                using var answer = await Host.GetAsync(path, TestContext.Current.CancellationToken);
                var row = JsonNode.Parse(answer.RootElement.GetRawText())!["rows"]!.AsArray().SingleOrDefault();
                seen = row is null ? "no row" : $"{row["clicks"]} clicks, {row["visits"]} visits, {row["orders"]} orders, {row["net"]} net, {row["cost"]!["commission"]} commission";
                return seen == expected;
            },
            TimeSpan.FromSeconds(60), () => $"{creator}: expected {expected}, saw {seen}", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        playwright?.Dispose();
        if (Host is not null) await Host.DisposeAsync();
        if (Shop is not null) await Shop.DisposeAsync();
        folder.Dispose();
    }

    // The user agent of a social app's browser; the default of headless Chromium counts as a bot.
    private const string InApp =
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Instagram 337.0.0.35.102 Android";
}
