using System.Text.RegularExpressions;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Stories;

/// <summary>The links of the repository's Markdown files to its own files and headings.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string[] Folders = ["docs", "infra", "schemas", "findings"];

    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading()
    {
        var documents = Directory.GetFiles(TestData.Repository, "*.md")
            .Concat(Folders.Select(folder => Path.Combine(TestData.Repository, folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories)))
            .ToList();
        documents.Count.ShouldBeGreaterThan(50);
        documents.SelectMany(FindBrokenLinks).ShouldBeEmpty();
    }

    [Fact]
    public void Every_document_is_reached_from_the_readme_or_an_index()
    {
        var docs = Path.Combine(TestData.Repository, "docs");
        string[] starts = [Path.Combine(TestData.Repository, "README.md"), Path.Combine(docs, "adr/index.md")];
        var reached = new HashSet<string>(starts);
        var next = new Queue<string>(starts);
        while (next.TryDequeue(out var document))
        {
            foreach (var (_, file, _) in LinksOf(document).Where(link => link.File.EndsWith(".md", StringComparison.Ordinal) && reached.Add(link.File)))
                next.Enqueue(file);
        }

        Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories).Except(reached).ShouldBeEmpty();
    }

    [Fact]
    public void No_two_decision_records_have_one_number() =>
        Directory.GetFiles(Path.Combine(TestData.Repository, "docs/adr"), "0*.md").Select(file => Path.GetFileName(file)[..4]).ShouldBeUnique();

    private static IEnumerable<string> FindBrokenLinks(string document)
    {
        foreach (var (link, file, heading) in LinksOf(document))
        {
            if (!File.Exists(file) && !Directory.Exists(file))
                yield return $"{Name(document)}: {link} does not exist";
            else if (heading.Length > 0 && !HeadingsOf(file).Contains(heading))
                yield return $"{Name(document)}: {link} has no such heading";
        }
    }

    private static IEnumerable<(string Link, string File, string Heading)> LinksOf(string document)
    {
        if (!File.Exists(document)) yield break;
        foreach (Match match in Link().Matches(Fence().Replace(File.ReadAllText(document), "")))
        {
            var link = match.Groups["target"].Value;
            if (Scheme().IsMatch(link)) continue;
            var parts = link.Split('#', 2);
            var file = parts[0].Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, parts[0]));
            yield return (link, file, parts.Length > 1 ? parts[1] : "");
        }
    }

    /// <summary>Returns the anchors of a file's headings, as GitHub forms them.</summary>
    private static HashSet<string> HeadingsOf(string file) =>
    [
        .. Heading().Matches(Fence().Replace(File.ReadAllText(file), ""))
            .Select(match => NotInAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    private static string Name(string document) => Path.GetRelativePath(TestData.Repository, document);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^[a-z]+:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex NotInAnchor();
}
