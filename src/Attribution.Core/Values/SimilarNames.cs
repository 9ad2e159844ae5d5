namespace Attribution.Core.Values;

/// <summary>A search for the names that a misspelled name most likely means.</summary>
public static class SimilarNames
{
    /// <summary>
    /// Returns the most similar candidate: the one with the fewest edits (insertions, deletions, replacements and swaps
    /// of adjacent characters), compared case-insensitively. Null if all candidates need more than a third of their
    /// length or more than two edits, whichever is greater.
    /// </summary>
    public static string? Find(string text, IEnumerable<string> candidates) =>
        FindAll(text, candidates).FirstOrDefault();

    /// <summary>
    /// Returns all candidates that are similar enough, the most similar first, then in ordinal order.
    /// </summary>
    public static IEnumerable<string> FindAll(string text, IEnumerable<string> candidates)
    {
        text = text.ToUpperInvariant();
        return candidates
            // A difference in length requires at least as many edits.
            .Where(candidate => Math.Abs(candidate.Length - text.Length) <= MaxEdits(candidate))
            .Select(candidate => (Name: candidate, Edits: GetEditDistance(text, candidate.ToUpperInvariant())))
            .Where(candidate => candidate.Edits <= MaxEdits(candidate.Name) && candidate.Edits < candidate.Name.Length)
            .OrderBy(candidate => candidate.Edits).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name);
    }

    /// <summary>Returns <c> (did you mean 'x'?)</c> for use in a message; empty if no candidate is similar.</summary>
    public static string Suggest(string text, IEnumerable<string> candidates) =>
        Find(text, candidates) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    private static int MaxEdits(string candidate) => Math.Max(2, candidate.Length / 3);

    /// <summary>Returns the optimal string alignment distance.</summary>
    private static int GetEditDistance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        for (var j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                table[i, j] = i + j;
                continue;
            }

            var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
        }

        return table[a.Length, b.Length];
    }
}
