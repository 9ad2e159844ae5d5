using System.Net;
using System.Text.RegularExpressions;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Pages.Documents;
using Attribution.Host.Tests.Fixtures;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Reporting.Pages.Documents;

/// <summary>The documents at <c>/docs</c>: addresses, links, search and headers.</summary>
public sealed partial class DocumentPageTests(DocumentPageTests.HostFixture fixture) : IClassFixture<DocumentPageTests.HostFixture>
{
    private readonly ReportingHost host = fixture.Host;

    [Fact]
    public void Every_file_of_docs_is_served_and_every_document_of_the_root()
    {
        var docs = Path.Combine(TestData.Repository, "docs");
        Directory.GetFiles(docs, "*", SearchOption.AllDirectories).Concat(Directory.GetFiles(TestData.Repository, "*.md"))
            .Select(file => Path.GetRelativePath(TestData.Repository, file)).Except(DocumentLibrary.Paths).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_document_answers_and_every_link_within_leads_to_a_file_and_an_anchor()
    {
        var pages = new Dictionary<string, string>();
        foreach (var path in DocumentLibrary.Paths)
        {
            using var response = await host.Http.GetAsync(DocumentLibrary.UrlOf(path), ReportingHost.Token);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var type = response.Content.Headers.ContentType!.MediaType;
            type.ShouldBe(path.EndsWith(".md", StringComparison.Ordinal) ? "text/html" : path.EndsWith(".webp", StringComparison.Ordinal) ? "image/webp" : "text/plain", path);
            pages.Add(DocumentLibrary.UrlOf(path), type == "text/html" ? (await response.Content.ReadAsStringAsync(ReportingHost.Token)).Split("</header>")[1] : "");
        }

        pages.Count.ShouldBeGreaterThan(100);
        pages.SelectMany(page => Links(page.Value).Select(link => (Page: page.Key, Link: link))).Where(found => IsBroken(found.Page, found.Link)).Distinct().ShouldBeEmpty();

        bool IsBroken(string page, string link)
        {
            if (Regex.IsMatch(link, "^https?://")) return false;
            var parts = link.Split('#', 2);
            var target = parts[0].Length == 0 ? page : parts[0];
            return target is not ("/" or "/docs/index.html")
                && (!pages.TryGetValue(target, out var html) || (parts.Length > 1 && !html.Contains($"id=\"{parts[1]}\"", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Document_has_its_heading_as_title_and_no_markup_that_the_policy_refuses()
    {
        foreach (var path in DocumentLibrary.Documents)
        {
            var page = await host.Http.GetStringAsync(DocumentLibrary.UrlOf(path), ReportingHost.Token);
            var title = Regex.Match(DocumentLibrary.ReadText(path), "^# (.+)$", RegexOptions.Multiline).Groups[1].Value;
            WebUtility.HtmlDecode(Regex.Match(page, "<h1>(.*?)</h1>").Groups[1].Value).ShouldBe(title.Replace("`", "", StringComparison.Ordinal), path);
            Regex.Count(page, "<h1").ShouldBe(1, path);
            page.ShouldNotContain(" style=", Case.Sensitive, path);
            Regex.IsMatch(page, "<script(?! src=\"/)").ShouldBeFalse(path);
            page.ShouldNotContain("<!--", Case.Sensitive, path);
        }
    }

    [Theory]
    [InlineData("how do I connect WooCommerce", "/docs/guides/shops/woocommerce.md")]
    [InlineData("What is a restatement?", "/docs/concepts/closing-and-restatement.md")]
    [InlineData("why is my ROI a dash", "/docs/concepts/ratios.md#a-dash-in-place-of-a-ratio")]
    [InlineData("code_first", "/docs/concepts/credit.md#policies")]
    [InlineData("BACKUPS", "/docs/operations/backup.md")]
    [InlineData("refunds change commission", "/docs/concepts/payouts.md#refunds-and-commission")]
    [InlineData("Ingest:Horizon", "/docs/reference/configuration.md#ingest")]
    [InlineData("erase a person", "/docs/concepts/identity.md#erasure")]
    [InlineData("time zone of a day", "/docs/concepts/closing-and-restatement.md#days-and-time-zones")]
    [InlineData("BigQuery", "/docs/guides/getting-started.md#keep-a-copy-in-a-warehouse")]
    [InlineData("login", "/docs/guides/keys-and-users.md")]
    public async Task Search_finds_the_answer_among_the_first_three(string query, string expected)
    {
        var page = await host.Http.GetStringAsync("/docs?q=" + Uri.EscapeDataString(query), ReportingHost.Token);
        var hits = Regex.Match(page, "<ol class=\"hits\">.*?</ol>", RegexOptions.Singleline).Value;
        Links(hits).Take(3).ShouldContain(link => link.StartsWith(expected, StringComparison.Ordinal), string.Join('\n', Links(hits)));
    }

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("!?")]
    [InlineData("<xyzzy>\"'&")]
    public async Task Search_without_a_hit_is_answered_with_the_words_as_text(string query)
    {
        var page = await host.Http.GetStringAsync("/docs?q=" + Uri.EscapeDataString(query), ReportingHost.Token);
        page.ShouldContain("Nothing found");
        WebUtility.HtmlDecode(Regex.Match(page, "name=\"q\" value=\"([^\"]*)\"").Groups[1].Value).ShouldBe(query);
        page.ShouldNotContain("<xyzzy");
    }

    [Theory]
    [InlineData("/docs/guides/nothing.md")]
    [InlineData("/docs/guides")]
    [InlineData("/docs/-/src/Program.cs")]
    [InlineData("/docs/-/../../etc/passwd")]
    [InlineData("/docs/%2e%2e/appsettings.json")]
    [InlineData("/docs/nothing.html")]
    public async Task Unknown_address_is_answered_with_404(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using var response = await host.Http.SendAsync(request, ReportingHost.Token);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(ReportingHost.Token)).ShouldContain("class=\"fault\"");
    }

    [Theory]
    [InlineData("/docs", true)]
    [InlineData("/docs/", true)]
    [InlineData("/docs/glossary.md", true)]
    [InlineData("/docs?q=roi", true)]
    [InlineData("/docs/images/overview.webp", true)]
    [InlineData("/docs/index.html", false)]
    public async Task Policy_is_that_of_the_pages_except_for_the_api_browser(string path, bool isStrict)
    {
        using var response = await host.Http.GetAsync(path, ReportingHost.Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        (policy == WebPipeline.ContentSecurityPolicy).ShouldBe(isStrict, policy);
        policy.ShouldContain("script-src 'self';");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Fact]
    public async Task Index_leads_to_every_document_and_is_the_navigation_of_each()
    {
        var page = await host.Http.GetStringAsync("/docs/glossary.md", ReportingHost.Token);
        var navigation = Links(Regex.Match(page, "<nav aria-label=\"Documents\">.*?</nav>", RegexOptions.Singleline).Value).ToList();
        DocumentLibrary.Documents.Where(path => path.StartsWith("docs/", StringComparison.Ordinal) && !Regex.IsMatch(path, "^docs/adr/0"))
            .Select(DocumentLibrary.UrlOf).Except(navigation).ShouldBeEmpty();
        Regex.Match(page, "<a href=\"([^\"]*)\" aria-current=\"page\"").Groups[1].Value.ShouldBe("/docs/glossary.md");
    }

    [Fact]
    public async Task Every_page_of_the_navigation_has_help_in_the_guide_of_analysts()
    {
        var guide = await host.Http.GetStringAsync("/docs/guides/analysts.md", ReportingHost.Token);
        var start = await host.Http.GetStringAsync("/", ReportingHost.Token);
        var pages = Links(Regex.Match(start, "<nav aria-label=\"Pages\">.*?</nav>", RegexOptions.Singleline).Value).ToList();
        pages.ShouldContain("/docs");
        foreach (var path in pages.Where(path => path != "/docs"))
        {
            var help = Links(await host.Http.GetStringAsync(path, ReportingHost.Token)).Single(link => link.StartsWith("/docs/guides/", StringComparison.Ordinal));
            help.ShouldStartWith("/docs/guides/analysts.md#", Case.Sensitive, path);
            guide.ShouldContain($" id=\"{help.Split('#')[1]}\"", Case.Sensitive, path);
        }
    }

    /// <summary>One host for all tests, which only read.</summary>
    public sealed class HostFixture : IAsyncLifetime
    {
        internal ReportingHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await ReportingHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    private static IEnumerable<string> Links(string page) => Link().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Link();
}
