using System.IO.Compression;

namespace Attribution.BrowserTests;

/// <summary>The first view of the main pages: bytes and layout shift, as a browser with an empty cache measures them.</summary>
public sealed class FirstViewTests(BrowserHost host) : IClassFixture<BrowserHost>
{
    private const int MaxBytes = 100 << 10;
    private const int MaxBytesWithCharts = 250 << 10;
    private const double MaxShift = 0.02;

    private const string Observe =
        """
        window.shift = 0;
        new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value })
          .observe({ type: 'layout-shift', buffered: true });
        """;

    // Two frames, so that the shifts of the last layout have been reported.
    private const string ReadShift = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shift)))))";

    private static readonly string[] Pages =
    [
        "/", "/creators", "/creators/mia", "/campaigns/spring", "/orders", "/orders/two", "/ranking", "/statements?month=2026-10",
        "/quality", "/start", "/settings/users", "/catalog/creators",
    ];

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task First_view_is_small_when_compressed_and_does_not_shift(int width)
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var wrong = new List<string>();
        foreach (var path in Pages)
        {
            var page = await host.PageAsync(width: width);
            await page.AddInitScriptAsync(Observe);
            var answers = new List<IResponse>();
            page.Response += (_, answer) => answers.Add(answer);
            await page.GotoAsync(path, new() { WaitUntil = WaitUntilState.NetworkIdle });
            var bytes = 0L;
            foreach (var answer in answers) bytes += Compress(await answer.BodyAsync());
            var shift = await page.EvaluateAsync<double>(ReadShift);
            var limit = await page.Locator("main svg").CountAsync() > 0 ? MaxBytesWithCharts : MaxBytes;
            TestContext.Current.SendDiagnosticMessage($"{path} ({width}): {answers.Count} answers, {bytes} bytes, shift {shift}");
            if (bytes == 0 || bytes > limit) wrong.Add($"{path}: {bytes} bytes, at most {limit}");
            if (shift > MaxShift) wrong.Add($"{path}: shift {shift}, at most {MaxShift}");
            await page.Context.CloseAsync();
        }

        wrong.ShouldBeEmpty();
    }

    /// <summary>Returns the size of a body as a proxy in front of the host compresses it.</summary>
    private static long Compress(byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(body);
        return bytes.Length;
    }
}
