using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The fold of all brands' deltas, above the store that folds those of one brand.</summary>
internal static class RollupFolder
{
    /// <summary>
    /// Folds the oldest deltas, brand by brand. A brand whose sums overflow is skipped and does not keep others from
    /// being folded.
    /// </summary>
    /// <param name="limit">The maximum number of deltas; at least 1.</param>
    /// <param name="countByBrand">
    /// Counts the oldest deltas by brand: at most the number given, except those of the brands given.
    /// </param>
    /// <param name="foldBrand">Folds at most so many deltas of a brand and returns how many were folded.</param>
    /// <returns>The number of folded deltas.</returns>
    /// <exception cref="OverflowException">
    /// A sum of at least one brand exceeds 64 bits; those of all other brands were folded.
    /// </exception>
    public static async ValueTask<int> FoldAsync(
        int limit,
        Func<int, List<string>, ValueTask<List<(string Brand, int Count)>>> countByBrand,
        Func<string, int, ValueTask<int>> foldBrand)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (folded, overflowed) = (0, new List<string>());
        bool isIncomplete;
        do
        {
            isIncomplete = false;
            foreach (var (brand, count) in await countByBrand(limit - folded, overflowed))
            {
                try
                {
                    folded += await foldBrand(brand, count);
                }
                catch (OverflowException)
                {
                    overflowed.Add(brand);
                    isIncomplete = true;
                }
            }
        }
        while (isIncomplete && folded < limit);

        return overflowed.Count == 0 ? folded : throw RollupLayout.SumOverflow(overflowed);
    }
}

/// <summary>The number, time and days of a fold's manifest.</summary>
/// <param name="Number">The number: 1 for the brand's first, one more for each later.</param>
/// <param name="At">The time; never before the previous manifest's.</param>
/// <param name="FirstDay">The first day of the sums, inclusive.</param>
/// <param name="LastDay">The last day of the sums, inclusive.</param>
internal readonly record struct ManifestHeader(long Number, Timestamp At, DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>
    /// Returns the header of the manifest after the previous one (null: of the first). The sums must not be empty.
    /// </summary>
    public static ManifestHeader Next((long Number, Timestamp At)? previous, Timestamp at, MeasureSums sums)
    {
        var days = sums.Cells.Keys.Select(key => key.Day);
        return new(
            (previous?.Number ?? 0) + 1,
            previous is { } before && before.At > at ? before.At : at,
            days.Min(),
            days.Max());
    }
}
