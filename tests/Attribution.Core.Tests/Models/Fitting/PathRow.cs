using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;

namespace Attribution.Core.Tests.Models.Fitting;

/// <summary>Paths written as words: a letter or word a placement.</summary>
internal sealed record PathRow(string[] Path, long Conversions, long Nulls)
{
    public static PathRow Parse(string path, long conversions = 0, long nulls = 0) => new(path.Split(' '), conversions, nulls);

    public static Placement Placement(string word) => new("c", word);

    public static PathCounts Count(IEnumerable<PathRow> rows, int order = 1, int maxSteps = PathCounts.MaxSteps)
    {
        var counts = new PathCounts(order, maxSteps);
        foreach (var row in rows) counts.Add([.. row.Path.Select(Placement)], row.Conversions, row.Nulls);
        return counts;
    }

    public static Dictionary<string, double> Effects(IEnumerable<PathRow> rows, int order = 1, bool nulls = true)
    {
        var chain = MarkovChain.FromPaths(Count(rows, order), nulls);
        return chain.Placements.Select(placement => placement.Creator).Zip(chain.RemovalEffects()).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>A few placements, loops and repeats; converting and not.</summary>
    public static List<PathRow> Random(int seed, int placements, int paths)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, paths).Select(_ => new PathRow(
                [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => ((char)('a' + random.Next(placements))).ToString())],
                random.Next(3), random.Next(3))),
        ];
    }
}
