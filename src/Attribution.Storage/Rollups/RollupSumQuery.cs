using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>A query that sums rollups.</summary>
public sealed record RollupSumQuery
{
    /// <summary>Gets the grouping.</summary>
    public required RollupGrain Grain { get; init; }

    /// <summary>Gets the first local day, inclusive.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Gets the last local day, inclusive.</summary>
    public required DateOnly To { get; init; }

    /// <summary>
    /// Gets the only campaign, including its own costs; null selects all. Unattributed rollups and brand totals are
    /// always included.
    /// </summary>
    public string? Campaign { get; init; }

    /// <summary>
    /// Gets the only creator; null selects all, and the campaigns' own costs. Unattributed rollups and brand totals are
    /// always included.
    /// </summary>
    public string? Creator { get; init; }

    /// <summary>
    /// Gets the day that splits <see cref="RollupGrain.Periods"/> in two sums: before it, and from it on. Null, or a
    /// day outside the range, does not split.
    /// </summary>
    public DateOnly? SplitDay { get; init; }

    /// <summary>
    /// Gets the models whose credit measures are needed, one bit per model number. The measures of others may be
    /// omitted, which saves decoding them. The default is all models.
    /// </summary>
    public int Models { get; init; } = -1;

    /// <summary>Returns true if the query includes the rollups of a key.</summary>
    public bool Includes(in RollupKey key) => key.Day >= From && key.Day <= To
        && (key.IsTotal || key.IsUnattributed || ((Campaign is null || key.Campaign == Campaign) && (Creator is null || key.Creator == Creator)));

    /// <summary>Returns the key under which the rollups of a key are summed.</summary>
    public RollupKey GroupKeyFor(in RollupKey key) => RollupLayout.GroupKeyFor(this, key);
}
