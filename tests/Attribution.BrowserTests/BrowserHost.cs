using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Storage.Access;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;
using Microsoft.AspNetCore.Identity;

namespace Attribution.BrowserTests;

/// <summary>Fixture with a host that has users and a small data set, and a browser.</summary>
public sealed class BrowserHost : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    /// <summary>A name that contains markup, a spreadsheet formula and quotes.</summary>
    public const string Hostile = "=<img src=x onerror=window.hit=1>\"'&amp;";

    private IPlaywright? playwright;
    private TestHost? host;
    private string? session;

    /// <summary>The last day of the data set: today in UTC.</summary>
    public static DateOnly Today { get; } = DateOnly.FromDateTime(DateTimeOffset.UtcNow.UtcDateTime);

    /// <summary>Client with an API key that has all scopes.</summary>
    public HttpClient Api { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(ShopBrowserHost.Chromium)) return;
        var cancellation = TestContext.Current.CancellationToken;
        host = await TestHost.BuildAsync(null, "--Rollup:FoldEvery=00:00:00.2");
        var hash = new PasswordHasher<UserDocument>().HashPassword(null!, Password);
        foreach (var (name, scopes) in new[] { ("vera", KeyScopes.Read), ("ada", KeyScopes.Admin) })
            await host.GetService<IUserStore>().AddUserAsync(new UserDocument { Name = name, PasswordHash = hash, Scopes = scopes, CreatedAt = new Timestamp(1) }, cancellation);
        var key = ApiKey.Create();
        await host.GetService<ICredentialStore>().AddKeyAsync(
            new ApiKeyDocument { Id = key.Id, Name = "tests", Hash = [.. key.ComputeHash()], Scopes = KeyScopes.Admin | KeyScopes.Ingest, Source = "shop", CreatedAt = new Timestamp(1) }, cancellation);
        await host.StartAsync();
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = host.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key.Text) } };
        await SeedAsync();
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ShopBrowserHost.Chromium, Args = ShopBrowserHost.Switches });
        var page = await PageAsync(signedIn: false);
        await SignInAsync(page, "ada", Password);
        session = await page.Context.StorageStateAsync();
        await page.Context.CloseAsync();
    }

    /// <summary>Opens a page in a separate browser context, signed in as an administrator by default.</summary>
    public async Task<IPage> PageAsync(bool signedIn = true, int width = 1280, bool dark = false, bool scripts = true)
    {
        var context = await Browser.NewContextAsync(new()
        {
            BaseURL = Api.BaseAddress!.ToString(), StorageState = signedIn ? session : null, Locale = "en-GB", JavaScriptEnabled = scripts,
            ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }

    public static async Task SignInAsync(IPage page, string name, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=name]", name);
        await page.FillAsync("[name=password]", password);
        await page.ClickAsync("main button");
    }

    /// <summary>Returns the JSON of an API resource.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await Api.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Waits until the rollups contain all accepted events.</summary>
    public Task WaitUntilSettledAsync() => Eventually.IsTrueAsync(
        async () => (bool)(await GetAsync("/v1/quality"))["backlog"]!["settled"]!, TimeSpan.FromSeconds(60), () => "not settled", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        playwright?.Dispose();
        Api?.Dispose();
        if (host is not null) await host.DisposeAsync();
    }

    /// <summary>
    /// Writes four creators: Mia earns four times the fee, Ben loses most of it, Zoe has too few orders to tell, and Eve's name
    /// contains markup. Days more than ten days ago are closed.
    /// </summary>
    private async Task SeedAsync()
    {
        var name = JsonValue.Create(Hostile)!.ToJsonString();
        await PutAsync("campaigns/spring", $$"""{"name":{{name}},"goals":[{"measure":"net","target":5000}]}""");
        foreach (var (id, shown, fee) in new[] { ("mia", "\"Mia\"", 300), ("ben", "\"Ben\"", 900), ("zoe", "\"Zoe\"", 50), ("eve", name, 100) })
        {
            await PutAsync($"creators/{id}", $$"""{"name":{{shown}},"niche":{{name}},"handles":[{"platform":"instagram","handle":{{name}},"followers":20000}]}""");
            await PutAsync($"codes/{id}10", $$"""{"code":"{{id}}10","campaignId":"spring","creatorId":"{{id}}"}""");
            await PutAsync($"links/{id}", $$"""{"slug":"{{id}}","destination":"https://shop.example/","campaignId":"spring","creatorId":"{{id}}"}""");
            await PutAsync($"costs/{id}", $$"""{"campaignId":"spring","creatorId":"{{id}}","kind":"fee","currency":"USD","amount":"{{fee}}.00","on":"{{Today.AddDays(-9):O}}"}""");
        }

        var events = new List<string>();
        foreach (var (id, orders, gross) in new[] { ("mia", 12, 100), ("ben", 12, 20), ("zoe", 2, 50), ("eve", 11, 10) })
        {
            for (var i = 0; i < 20; i++) events.Add($$"""{"type":"click","id":"{{id}}-k{{i}}","occurredAt":"{{At(-8 + (i % 6))}}","link":"{{id}}","visitorId":"{{id}}-{{i}}"}""");
            for (var i = 0; i < orders; i++)
                events.Add($$"""{"type":"redemption","id":"{{id}}-o{{i}}","occurredAt":"{{At(-7 + (i % 6))}}","orderId":"{{id}}-{{i}}","codes":["{{id}}10"],"currency":"USD","gross":"{{gross}}.00","visitorId":"{{id}}-{{i}}"}""");
        }

        // A buyer without a code who clicked links of two creators; and an unmatched code on closed days.
        events.Add($$"""{"type":"click","id":"two-1","occurredAt":"{{At(-5)}}","link":"mia","visitorId":"two"}""");
        events.Add($$"""{"type":"click","id":"two-2","occurredAt":"{{At(-4)}}","link":"ben","visitorId":"two"}""");
        events.Add($$"""{"type":"conversion","kind":"order","id":"two-3","occurredAt":"{{At(-3)}}","orderId":"two","currency":"USD","gross":"80.00","visitorId":"two"}""");
        for (var i = 0; i < 3; i++) events.Add($$"""{"type":"redemption","id":"s-{{i}}","occurredAt":"{{At(-10)}}","orderId":"summer-{{i}}","codes":["SUMMER"],"currency":"USD","gross":"40.00"}""");
        events.Add($$"""{"type":"redemption","id":"h-1","occurredAt":"{{At(-2)}}","orderId":{{name}},"codes":[{{name}}],"currency":"USD","gross":"1.00"}""");
        events.Add($$"""{"type":"visit","id":"h-2","occurredAt":"{{At(-2)}}","visitorId":"h","url":"https://shop.example/?utm_source={{Uri.EscapeDataString(Hostile)}}"}""");
        events.Add($$"""{"type":"click","id":"refused-1","occurredAt":"{{At(-2)}}","link":"mia","visitorId":"h","brandId":"later"}""");
        using var body = new StringContent(string.Join('\n', events), Encoding.UTF8, "application/x-ndjson");
        using var answer = await Api.PostAsync(new Uri("/v1/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"rejected\":1,");
        await WaitUntilSettledAsync();

        static string At(int days) => $"{Today.AddDays(days):O}T01:00:00Z";
    }

    /// <summary>Writes a catalog item.</summary>
    public async Task PutAsync(string item, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Api.PutAsync(new Uri($"/v1/{item}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
