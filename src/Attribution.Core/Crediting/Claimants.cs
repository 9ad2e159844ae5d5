using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The placements that can earn credit in a journey, numbered from 0 in order of first use, so that shares can be
/// summed in arrays. Not thread-safe.
/// </summary>
internal sealed class Claimants
{
    private readonly Dictionary<Placement, int> indexes = [];
    private readonly List<Placement> placements = [];
    private int[] sorted = [];

    /// <summary>Gets the number of placements.</summary>
    public int Count => placements.Count;

    /// <summary>Gets a placement by its number.</summary>
    public Placement this[int claimant] => placements[claimant];

    /// <summary>Gets the numbers ordered by (campaign, creator), ordinal.</summary>
    public IReadOnlyList<int> Sorted =>
        sorted.Length == Count ? sorted
        : sorted =
        [
            .. Enumerable.Range(0, Count)
                .OrderBy(claimant => placements[claimant].Campaign, StringComparer.Ordinal)
                .ThenBy(claimant => placements[claimant].Creator, StringComparer.Ordinal),
        ];

    /// <summary>Returns a placement's number; a new placement gets the next number.</summary>
    public int GetOrAddIndex(Placement placement)
    {
        if (indexes.TryGetValue(placement, out var index)) return index;
        placements.Add(placement);
        return indexes[placement] = placements.Count - 1;
    }
}
