using System.Text.RegularExpressions;
using Attribution.TestKit;
using Attribution.TestKit.Hosts;

namespace Attribution.BrowserTests;

/// <summary>The pictures of the documents: pages of the demo. With <c>ATTRIBUTION_WRITE_PICTURES</c> they are written.</summary>
public sealed partial class DocumentPictureTests
{
    private const int Width = 1280;
    private const int Quality = 55;
    private static readonly TimeSpan LoadTime = TimeSpan.FromMinutes(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Every_picture_can_be_made_from_the_demo_and_is_small()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var writes = Environment.GetEnvironmentVariable(DocumentPictures.WriteVariable) is { Length: > 0 };
        using var folder = new TempFolder();
        await using var demo = await HostProcess.StartAsync("demo", folder.Path, Token);
        await demo.WaitForOutputAsync("Stop with Ctrl-C", LoadTime, Token);
        var order = Order().Match(demo.Output).Groups["id"].Value;
        var creators = await LeadersAsync(demo);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = ShopBrowserHost.Chromium, Args = [.. ShopBrowserHost.Switches, "--hide-scrollbars"] });
        foreach (var picture in DocumentPictures.All)
        {
            var page = await browser.NewPageAsync(
                new() { BaseURL = demo.Http.BaseAddress!.ToString(), Locale = "en-GB", ViewportSize = new() { Width = Width, Height = picture.Height } });
            var url = picture.Url.Replace("{order}", order, StringComparison.Ordinal)
                .Replace("{a}", creators[0], StringComparison.Ordinal).Replace("{b}", creators[1], StringComparison.Ordinal);
            (await page.GotoAsync(url))!.Status.ShouldBe(200, url);
            var bytes = await CaptureAsync(page);
            bytes.Length.ShouldBeInRange(4 << 10, DocumentPictures.MaxSize, picture.Name);
            if (writes) await File.WriteAllBytesAsync(DocumentPictures.PathOf(picture), bytes, Token);
            await page.CloseAsync();
        }

        if (writes) DocumentPictures.WriteRecord();
    }

    /// <summary>Takes a picture as WebP, which Playwright does not offer by itself: a third of the size of PNG.</summary>
    private static async Task<byte[]> CaptureAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var answer = await session.SendAsync("Page.captureScreenshot", new() { ["format"] = "webp", ["quality"] = Quality });
        return Convert.FromBase64String(answer!.Value.GetProperty("data").GetString()!);
    }

    /// <summary>Returns the ids of creators, most visitors who ordered first.</summary>
    private static async Task<List<string>> LeadersAsync(HostProcess demo)
    {
        var days = Days().Match(demo.Output).Value;
        using var answer = await demo.GetAsync($"/v1/rollups/daily?{days}&groupBy=creator", Token);
        return
        [
            .. answer.RootElement.GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("creatorId").GetString() is { Length: > 0 })
                .OrderByDescending(row => row.GetProperty("convertedVisitors").GetInt64())
                .Select(row => row.GetProperty("creatorId").GetString()!),
        ];
    }

    [GeneratedRegex("/v1/conversions/(?<id>[^']+)'")]
    private static partial Regex Order();

    /// <summary>Matches the days of the demo in the addresses that it prints.</summary>
    [GeneratedRegex(@"from=[\d-]+&to=[\d-]+")]
    private static partial Regex Days();
}
