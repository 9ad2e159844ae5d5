using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>Which rollups are added up, and how.</summary>
public sealed record RollupSumQuery
{
    /// <summary>What is kept apart.</summary>
    public required RollupGrain Grain { get; init; }

    /// <summary>First local day, inside.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Last local day, inside.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Placements of this campaign only, its own costs included; null: of all. The unattributed and the brand's whole come in any case.</summary>
    public string? Campaign { get; init; }

    /// <summary>Placements of this creator only; null: of all, and the campaigns' own costs. The unattributed and the brand's whole come in any case.</summary>
    public string? Creator { get; init; }

    /// <summary>For <see cref="RollupGrain.Periods"/>: days from this one on are added up apart from those before it. Null, or outside of the days: all together.</summary>
    public DateOnly? SplitDay { get; init; }

    /// <summary>The models whose credit measures are asked for, a bit of each model's number; those of the others may be left out, which saves reading them. All, unless said.</summary>
    public int Models { get; init; } = -1;

    /// <summary>Whether rollups of a key are part of it.</summary>
    public bool Includes(in RollupKey key) => key.Day >= From && key.Day <= To
        && (key.IsTotal || key.IsUnattributed || ((Campaign is null || key.Campaign == Campaign) && (Creator is null || key.Creator == Creator)));

    /// <summary>The key that rollups of a key are added up under.</summary>
    public RollupKey GroupKeyFor(in RollupKey key) => Grain switch
    {
        RollupGrain.Placements => key,
        RollupGrain.Campaigns => key with { Creator = "" },
        _ => key with { Day = SplitDay > From && key.Day >= SplitDay ? SplitDay.Value : From },
    };
}
