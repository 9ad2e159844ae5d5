using Attribution.TestKit;

namespace Attribution.BrowserTests;

/// <summary>Every page by the rules of axe-core, in both themes, on a desktop and on a phone.</summary>
public sealed class AccessibilityTests(BrowserHost host) : IClassFixture<BrowserHost>
{
    // A violation with its elements, without the advice.
    private const string Run =
        """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
          .map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | ')}`)
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task No_page_violates_a_rule_of_axe()
    {
        ShopBrowserHost.SkipWithoutBrowser();
        var (npm, missing) = await NpmFolder.InstallAsync(Cancellation, "axe-core@4.14.1");
        Assert.SkipWhen(npm is null, missing);
        using var folder = npm;
        var axe = await File.ReadAllTextAsync(folder.File("node_modules/axe-core/axe.min.js"), Cancellation);
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (width, dark) in new[] { (1280, false), (1280, true), (390, false), (390, true) })
        {
            var page = await host.PageAsync(width: width, dark: dark);
            foreach (var path in AnalystPageTests.Pages)
            {
                await page.GotoAsync(path);
                // Evaluated by the browser's debugger, which the page's content security policy does not restrict.
                await page.EvaluateAsync(axe);
                foreach (var violation in await page.EvaluateAsync<string[]>(Run))
                    wrong.Add($"{path} ({width}, {(dark ? "dark" : "light")}): {violation}");
            }

            await page.Context.CloseAsync();
        }

        wrong.ShouldBeEmpty();
    }
}
