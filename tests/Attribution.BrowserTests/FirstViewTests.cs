using System.Collections.Concurrent;
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

    private static readonly (string Path, int Width)[] Pages =
    [
        ("/", 1280), ("/creators", 1280), ("/creators/mia", 1280), ("/campaigns/spring", 1280), ("/orders", 1280), ("/orders/two", 1280),
        ("/ranking", 1280), ("/statements?month=2026-10", 1280), ("/quality", 1280), ("/start", 1280), ("/settings/users", 1280),
        ("/catalog/creators", 1280), ("/", 390), ("/creators/mia", 390), ("/orders", 390),
    ];

    [Fact]
    [Trait("Category", "Long")]
    public async Task First_view_is_small_when_compressed_and_does_not_shift()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var wrong = new List<string>();
        foreach (var (path, width) in Pages)
        {
            var page = await host.PageAsync(width: width);
            await page.AddInitScriptAsync(Observe);
            var answers = new ConcurrentQueue<IResponse>();
            page.Response += (_, answer) => answers.Enqueue(answer);
            await page.GotoAsync(path);
            var bytes = 0L;
            foreach (var answer in answers) bytes += Compress(await answer.BodyAsync());
            var shift = await page.EvaluateAsync<double>(ReadShift);
            var limit = await page.Locator("main svg").CountAsync() > 0 ? MaxBytesWithCharts : MaxBytes;
            TestContext.Current.SendDiagnosticMessage($"{path} ({width}): {answers.Count} answers, {bytes} bytes, shift {shift}");
            if (bytes == 0 || bytes > limit) wrong.Add($"{path} ({width}): {bytes} bytes, at most {limit}");
            if (shift > MaxShift) wrong.Add($"{path} ({width}): shift {shift}, at most {MaxShift}");

            // The observer sees a block that pushes the page down: without it, a shift of 0 would prove nothing.
            if (path == "/")
            {
                await page.EvaluateAsync("const block = document.createElement('div'); block.style.height = '500px'; document.body.prepend(block)");
                (await page.EvaluateAsync<double>(ReadShift)).ShouldBeGreaterThan(MaxShift);
            }

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
