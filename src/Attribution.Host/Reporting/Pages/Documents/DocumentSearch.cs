using System.Collections.Frozen;

namespace Attribution.Host.Reporting.Pages.Documents;

/// <summary>
/// Search in the sections of all documents by the beginnings of words. The texts are read at the first search.
/// </summary>
internal static class DocumentSearch
{
    private const int MaxHits = 30;
    private const int MaxWords = 12;
    private const double MinShareOfBest = 0.05;
    private const int ExcerptLength = 220;
    private const int CharactersBeforeWord = 60;

    /// <summary>Words of questions that do not describe the subject.</summary>
    private static readonly FrozenSet<string> Ignored = FrozenSet.ToFrozenSet(
        [
            "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "how", "i", "in", "is", "it", "me", "my", "not", "of",
            "on", "or", "our", "that", "the", "there", "to", "we", "what", "when", "where", "which", "who", "why", "with", "you", "your",
        ],
        StringComparer.Ordinal);

    /// <summary>Words that readers use, and what the documents call it.</summary>
    private static readonly FrozenDictionary<string, string> Synonyms = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bigquery"] = "warehouse", ["coupon"] = "code", ["excel"] = "spreadsheet", ["gdpr"] = "erase", ["influencer"] = "creator",
        ["licence"] = "license", ["login"] = "sign", ["snowflake"] = "warehouse", ["timezone"] = "zone", ["voucher"] = "code",
    }.ToFrozenDictionary();

    private static readonly Lazy<IReadOnlyList<DocumentSection>> Sections = new(() =>
        [.. DocumentLibrary.Documents.Where(path => path != DocumentLibrary.Index).SelectMany(DocumentMarkdown.Split)]);

    /// <summary>Returns the best sections, the best first.</summary>
    public static IReadOnlyList<DocumentHit> Find(string query)
    {
        var words = WordsOf(query);
        if (words.Count == 0) return [];
        var sections = Sections.Value;
        var matches = sections.Select(section => words.ConvertAll(word => MatchAny(section, word))).ToList();
        // A word that few sections contain says more than one that many contain.
        var rarity = words.Select((_, i) => Math.Log(1 + ((double)sections.Count / (1 + matches.Count(found => found[i] > 0))))).ToList();
        var scored = sections.Zip(matches, (section, found) => (Section: section, Score: ScoreOf(section, found, rarity)))
            .Where(found => found.Score > 0).OrderByDescending(found => found.Score).Take(MaxHits).ToList();
        return
        [
            .. scored.Where(found => found.Score >= scored[0].Score * MinShareOfBest)
                .Select(found => new DocumentHit(found.Section, ExcerptOf(found.Section.Text, words))),
        ];
    }

    /// <summary>
    /// Returns the words of a query in lower case, in singular form if they are English plurals. Words that occur everywhere are left out
    /// unless there are no others.
    /// </summary>
    private static List<string> WordsOf(string query)
    {
        var all = SplitWords(query).Distinct().Take(MaxWords).ToList();
        var words = all.Where(word => !Ignored.Contains(word)).ToList();
        return [.. (words.Count > 0 ? words : all).Select(word => word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : word)];
    }

    private static IEnumerable<string> SplitWords(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length && IsWordCharacter(text[end])) end++;
            if (end > i) yield return text[i..end].ToLowerInvariant();
            i = end + 1;
        }
    }

    // Above all, a section should match all words: the score falls with the square of the share that it matches. Decision records
    // explain choices of the past; guides and references answer.
    private static double ScoreOf(DocumentSection section, List<double> found, List<double> rarity)
    {
        var share = (double)found.Count(match => match > 0) / found.Count;
        var isDecision = section.Url.StartsWith(DocumentLibrary.Url + "/adr/", StringComparison.Ordinal);
        return found.Zip(rarity, (match, weight) => match * weight).Sum() * share * share / (isDecision ? 3 : 1);
    }

    private static double MatchAny(DocumentSection section, string word) =>
        Math.Max(Match(section, word), Synonyms.TryGetValue(word, out var synonym) ? Match(section, synonym) : 0);

    // A match in a heading weighs more than one in the text, and one in a short section more than one in a long one.
    private static double Match(DocumentSection section, string word) =>
        (Contains(section.Heading, word) ? 10 : 0) + (Contains(section.Title, word) ? 6 : 0)
        + (Math.Min(Count(section.Text, word), 5) * 2 / (1 + (section.Text.Length / 2_000.0)));

    private static bool Contains(string text, string word) => IndexOf(text, word, 0) >= 0;

    private static int Count(string text, string word)
    {
        var count = 0;
        for (var at = IndexOf(text, word, 0); at >= 0; at = IndexOf(text, word, at + word.Length)) count++;
        return count;
    }

    /// <summary>Returns the first place from which a word of the text begins with these characters; -1 if there is none.</summary>
    private static int IndexOf(string text, string word, int from)
    {
        for (var at = from; (at = text.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            if (at == 0 || !IsWordCharacter(text[at - 1])) return at;
        return -1;
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character == '_';

    private static string ExcerptOf(string text, List<string> words)
    {
        var first = words.Select(word => IndexOf(text, word, 0)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        var start = first <= CharactersBeforeWord ? 0 : text.IndexOf(' ', first - CharactersBeforeWord) + 1;
        if (start > first) start = first;
        var end = Math.Min(text.Length, start + ExcerptLength);
        return (start > 0 ? "… " : "") + text[start..end].ReplaceLineEndings(" ").Trim() + (end < text.Length ? " …" : "");
    }
}

/// <summary>A section that a search found, with an excerpt of its text.</summary>
internal sealed record DocumentHit(DocumentSection Section, string Excerpt);
