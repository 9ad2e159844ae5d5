namespace Attribution.Core.Values;

/// <summary>Finds what somebody probably meant.</summary>
public static class SimilarNames
{
    /// <summary>The candidate with the fewest edits (insert, delete, replace, swap of neighbours), case ignored; null when none is within a third of its length, or two.</summary>
    public static string? Find(string text, IEnumerable<string> candidates) => FindAll(text, candidates).FirstOrDefault();

    /// <summary>The candidates that <see cref="Find"/> chooses from, nearest first, then ordinal.</summary>
    public static IEnumerable<string> FindAll(string text, IEnumerable<string> candidates)
    {
        text = text.ToUpperInvariant();
        return candidates
            // Each character more or less is an edit at least.
            .Where(candidate => Math.Abs(candidate.Length - text.Length) <= Most(candidate))
            .Select(candidate => (candidate, edits: GetEditDistance(text, candidate.ToUpperInvariant())))
            .Where(c => c.edits <= Most(c.candidate) && c.edits < c.candidate.Length)
            .OrderBy(c => c.edits).ThenBy(c => c.candidate, StringComparer.Ordinal)
            .Select(c => c.candidate);

        static int Most(string candidate) => Math.Max(2, candidate.Length / 3);
    }

    /// <summary><c>; did you mean 'x'?</c>, or nothing when there is no near candidate.</summary>
    public static string Suggest(string text, IEnumerable<string> candidates) => Find(text, candidates) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

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
