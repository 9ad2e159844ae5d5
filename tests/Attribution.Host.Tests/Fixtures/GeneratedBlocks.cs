using System.Text.RegularExpressions;
using Attribution.TestKit;

namespace Attribution.Host.Tests.Fixtures;

/// <summary>
/// Parts of a reference document that are generated from the program, each between the comments
/// <c>&lt;!-- generated: name --&gt;</c> and <c>&lt;!-- /generated --&gt;</c>. With <c>ATTRIBUTION_WRITE_SCHEMAS</c> they are written instead of
/// compared.
/// </summary>
internal static partial class GeneratedBlocks
{
    /// <summary>Compares or writes all blocks of a document. Every name must have a block, and every block a name.</summary>
    public static void ShouldBeCurrent(string document, IReadOnlyDictionary<string, IEnumerable<string>> blocks)
    {
        var path = Path.Combine(TestData.Repository, document);
        var text = File.ReadAllText(path);
        Block().Matches(text).Select(block => block.Groups["name"].Value).ShouldBe(blocks.Keys, ignoreOrder: true);
        var generated = Block().Replace(text, block =>
            $"<!-- generated: {block.Groups["name"].Value} -->\n{string.Join('\n', blocks[block.Groups["name"].Value])}\n<!-- /generated -->");
        if (Environment.GetEnvironmentVariable("ATTRIBUTION_WRITE_SCHEMAS") is { Length: > 0 }) File.WriteAllText(path, generated);
        else text.Split('\n').ShouldBe(generated.Split('\n'), $"{document} is generated: set ATTRIBUTION_WRITE_SCHEMAS=1 and run this test again");
    }

    /// <summary>Returns a text as a cell of a table.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex("<!-- generated: (?<name>[^>]+) -->\n(.*?\n)??<!-- /generated -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
