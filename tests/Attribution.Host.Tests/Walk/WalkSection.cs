using System.Text.RegularExpressions;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Walk;

/// <summary>Section "One click's walk" of <c>docs/architecture.md</c>: two numbered lists between markers.</summary>
internal static partial class WalkSection
{
    private const string Begin = "<!-- walk -->";
    private const string End = "<!-- /walk -->";

    private static readonly string Document = Path.Combine(TestData.Repository, "docs", "architecture.md");

    /// <summary>Reads the lines of the lists, without their numbers.</summary>
    public static (List<string> BeforeAccepted, List<string> ToPage) Read()
    {
        var text = File.ReadAllText(Document);
        var lists = text[text.IndexOf(Begin, StringComparison.Ordinal)..text.IndexOf(End, StringComparison.Ordinal)].Split("**To the page**");
        return (ReadList(lists[0]), ReadList(lists[1]));
    }

    /// <summary>Replaces the lists.</summary>
    public static void Write(IReadOnlyList<string> beforeAccepted, IReadOnlyList<string> toPage)
    {
        var text = File.ReadAllText(Document);
        var section = $"{Begin}\n**Before the 202**\n\n{WriteList(beforeAccepted, 1)}\n**To the page**\n\n{WriteList(toPage, beforeAccepted.Count + 1)}";
        File.WriteAllText(
            Document, text[..text.IndexOf(Begin, StringComparison.Ordinal)] + section + text[text.IndexOf(End, StringComparison.Ordinal)..]);
    }

    private static List<string> ReadList(string text) => [.. Item().Matches(text).Select(item => item.Groups["text"].Value)];

    private static string WriteList(IEnumerable<string> items, int first) => string.Concat(items.Select((item, i) => $"{first + i}. {item}\n"));

    [GeneratedRegex(@"^\d+\. (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Item();
}
