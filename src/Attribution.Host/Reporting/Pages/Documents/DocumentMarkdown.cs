using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Attribution.Host.Reporting.Pages.Documents;

/// <summary>Markdown of the documents as HTML, with the anchors that GitHub gives to headings, and links to this host.</summary>
internal static class DocumentMarkdown
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    /// <summary>Renders a document.</summary>
    public static DocumentText Render(string path)
    {
        var document = Parse(path);
        var title = document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1);
        if (title is not null) document.Remove(title);
        foreach (var comment in document.Descendants<HtmlBlock>().ToList()) comment.Parent!.Remove(comment);
        foreach (var link in document.Descendants<LinkInline>().ToList()) Resolve(link, path);
        foreach (var table in document.Descendants<Table>()) AlignByClass(table);
        var html = document.ToHtml(Pipeline)
            .Replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>", StringComparison.Ordinal)
            .Replace("</table>", "</table></div>", StringComparison.Ordinal)
            .Replace("<pre>", "<pre tabindex=\"0\">", StringComparison.Ordinal);
        var headings = document.OfType<HeadingBlock>().Where(heading => heading.Level == 2)
            .Select(heading => new DocumentLink(TextOf(heading), "#" + heading.GetAttributes().Id)).ToList();
        return new(path, title is null ? path : TextOf(title), html, headings);
    }

    /// <summary>Returns the sections of a document as plain text: what follows a heading, up to the next heading.</summary>
    public static IEnumerable<DocumentSection> Split(string path)
    {
        var (title, url) = ("", DocumentLibrary.UrlOf(path));
        var (heading, anchor, text) = ("", "", new List<string>());
        foreach (var block in Parse(path))
        {
            if (block is not HeadingBlock next)
            {
                text.AddRange(TextsOf(block));
                continue;
            }

            if (heading.Length > 0) yield return new(title, heading, url + anchor, string.Join(' ', text));
            heading = TextOf(next);
            if (title.Length == 0) title = heading;
            else anchor = "#" + next.GetAttributes().Id;
            text = [];
        }

        if (heading.Length > 0) yield return new(title, heading, url + anchor, string.Join(' ', text));
    }

    /// <summary>Returns the documents that the index lists under each heading. Its tables lead to answers and are left out.</summary>
    public static IReadOnlyList<DocumentGroup> ReadIndex()
    {
        var groups = new List<DocumentGroup>();
        var heading = "";
        foreach (var block in Parse(DocumentLibrary.Index))
        {
            if (block is HeadingBlock next) heading = TextOf(next);
            else if (block is ListBlock list)
                groups.Add(new(heading,
                [
                    .. list.Descendants<LinkInline>().Select(link =>
                        new DocumentLink(TextOf(link), DocumentLibrary.UrlOf(Combine(DocumentLibrary.Index, link.Url!)))),
                ]));
        }

        return groups;
    }

    private static MarkdownDocument Parse(string path) => Markdown.Parse(DocumentLibrary.ReadText(path), Pipeline);

    /// <summary>
    /// Replaces a link to a file of the repository by its address here. A file that is not served is named in text.
    /// </summary>
    private static void Resolve(LinkInline link, string from)
    {
        if (link.Url is not { Length: > 0 } url || url[0] == '#' || Uri.TryCreate(url, UriKind.Absolute, out _)) return;
        var parts = url.Split('#', 2);
        var path = Combine(from, parts[0]);
        if (DocumentLibrary.Paths.Contains(path))
            link.Url = DocumentLibrary.UrlOf(path) + (parts.Length > 1 ? "#" + parts[1] : "");
        else
        {
            var text = new LiteralInline($"{TextOf(link)} (in the repository: ");
            link.ReplaceBy(text);
            var code = new CodeInline(path);
            text.InsertAfter(code);
            code.InsertAfter(new LiteralInline(")"));
        }
    }

    /// <summary>Returns the path of a file to which a document links.</summary>
    private static string Combine(string from, string link) => new Uri(new Uri("file:///" + from), link).LocalPath[1..];

    // The content security policy permits no style attributes.
    private static void AlignByClass(Table table)
    {
        for (var i = 0; i < table.ColumnDefinitions.Count; i++)
        {
            if (table.ColumnDefinitions[i].Alignment == TableColumnAlign.Right)
                foreach (var cell in table.OfType<TableRow>().Where(row => row.Count > i).Select(row => row[i])) cell.GetAttributes().AddClass("number");
            table.ColumnDefinitions[i].Alignment = null;
        }
    }

    private static string TextOf(MarkdownObject node) => string.Concat(TextsOf(node)).Trim();

    private static IEnumerable<string> TextsOf(MarkdownObject node) => node switch
    {
        LiteralInline literal => [literal.Content.ToString()],
        CodeInline code => [code.Content],
        LineBreakInline => [" "],
        ContainerInline inlines => inlines.SelectMany(TextsOf),
        HtmlBlock => [],
        LeafBlock { Inline: { } inline } => TextsOf(inline),
        LeafBlock { Lines.Count: > 0 } lines => [lines.Lines.ToString(), " "],
        ContainerBlock blocks => blocks.SelectMany(block => TextsOf(block).Append(" ")),
        _ => [],
    };
}

/// <summary>A document as its page shows it.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Title">The text of its first heading.</param>
/// <param name="Html">The rest of it.</param>
/// <param name="Headings">Its headings of the second level.</param>
internal sealed record DocumentText(string Path, string Title, string Html, IReadOnlyList<DocumentLink> Headings);

/// <summary>A part of a document that search finds.</summary>
/// <param name="Title">Title of the document.</param>
/// <param name="Heading">Heading of the section; the title for the beginning.</param>
/// <param name="Url">Address with the anchor.</param>
/// <param name="Text">Text without the heading.</param>
internal sealed record DocumentSection(string Title, string Heading, string Url, string Text);

/// <summary>Documents that the index lists under one heading.</summary>
internal sealed record DocumentGroup(string Name, IReadOnlyList<DocumentLink> Links);

/// <summary>Link to a document or to a heading of it.</summary>
internal sealed record DocumentLink(string Text, string Url);
