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
