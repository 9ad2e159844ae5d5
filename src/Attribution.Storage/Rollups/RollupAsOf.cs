using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>Sums of rollups as of an earlier time: the current sums less later folds.</summary>
internal static class RollupAsOf
{
    /// <summary>
    /// Returns the queries to run against the current rollups. They read all models, because folds are subtracted
    /// whole.
    /// </summary>
    public static IEnumerable<RollupSumQuery> SelectModels(IReadOnlyList<RollupSumQuery> queries) =>
        queries.Select(query => query with { Models = -1 });

    /// <summary>Returns the first and the last day of all queries; there must be at least one.</summary>
    public static (DateOnly First, DateOnly Last) FindSpan(IReadOnlyList<RollupSumQuery> queries) =>
        (queries.Min(query => query.From), queries.Max(query => query.To));

    /// <summary>Subtracts later folds from the sums of each query.</summary>
    public static void Subtract(
        IReadOnlyList<RollupSumQuery> queries, IReadOnlyList<MeasureSums> sums, MeasureSums since)
    {
        foreach (var (query, sum) in queries.Zip(sums))
            foreach (var (key, change) in since.Cells)
                if (query.Includes(key))
                    sum[query.GroupKeyFor(key)].Add(change, -1);
    }
}
