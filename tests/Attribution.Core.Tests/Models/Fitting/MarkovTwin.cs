namespace Attribution.Core.Tests.Models.Fitting;

/// <summary>
/// The removal effect by its definition: transition shares of whole state names, a placement taken out, the matrix
/// solved by elimination.
/// </summary>
internal static class MarkovTwin
{
    public static Dictionary<string, double> Effects(IReadOnlyList<PathRow> rows, int order, bool nulls)
    {
        var steps = new Dictionary<string, Dictionary<string, double>>();
        foreach (var row in rows)
        {
            var times = row.Conversions + (nulls ? row.Nulls : 0);
            if (times == 0) continue;
            List<string> path = [];
            foreach (var word in row.Path)
                if (path.Count == 0 || path[^1] != word) path.Add(word);
            var before = "";
            for (var i = 0; i < path.Count; i++)
            {
                var state = string.Join('>', path.Take(i + 1).TakeLast(order));
                Add(before, state, times);
                before = state;
            }

            Add(before, "+", row.Conversions);
            if (nulls) Add(before, "-", row.Nulls);
        }

        void Add(string from, string to, double times)
        {
            if (!steps.TryGetValue(from, out var outgoing)) steps[from] = outgoing = [];
            outgoing[to] = outgoing.GetValueOrDefault(to) + times;
        }

        var whole = Converts(steps, without: null);
        return rows.SelectMany(row => row.Path).Distinct().ToDictionary(word => word, word => whole == 0 ? 0 : 1 - (Converts(steps, word) / whole));
    }

    private static double Converts(Dictionary<string, Dictionary<string, double>> steps, string? without)
    {
        string[] states = [.. steps.Keys.Where(state => without is null || state.Split('>')[^1] != without)];
        if (!states.Contains("")) return 0;
        // v = T v + r, as the rows of (I − T | r).
        var n = states.Length;
        var matrix = new double[n, n + 1];
        for (var i = 0; i < n; i++)
        {
            matrix[i, i] += 1;
            var total = steps[states[i]].Values.Sum();
            foreach (var (to, times) in steps[states[i]])
            {
                if (to == "+") matrix[i, n] += times / total;
                else if (Array.IndexOf(states, to) is >= 0 and var j) matrix[i, j] -= times / total;
            }
        }

        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(i => Math.Abs(matrix[i, column]));
            for (var k = 0; k <= n; k++) (matrix[column, k], matrix[pivot, k]) = (matrix[pivot, k], matrix[column, k]);
            for (var i = 0; i < n; i++)
            {
                if (i == column) continue;
                var factor = matrix[i, column] / matrix[column, column];
                if (factor == 0) continue;
                for (var k = column; k <= n; k++) matrix[i, k] -= factor * matrix[column, k];
            }
        }

        var start = Array.IndexOf(states, "");
        return matrix[start, n] / matrix[start, start];
    }
}
