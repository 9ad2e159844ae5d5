using Attribution.Core.Values;

namespace Attribution.Core.Rollups;

/// <summary>What a rollup document is about: a placement, a campaign's own costs, the unattributed or the whole of a brand, on a local day.</summary>
/// <param name="Brand">The brand's id.</param>
/// <param name="Day">The brand's local day.</param>
/// <param name="Campaign">The campaign's id; empty for the unattributed; <see cref="TotalCampaign"/> for the brand's whole.</param>
/// <param name="Creator">The creator's id; empty where there is none.</param>
public readonly record struct RollupKey(string Brand, DateOnly Day, string Campaign, string Creator)
{
    /// <summary>Stands for the campaign in the key that counts every conversion of the brand once, attributed or not. No id can be this.</summary>
    public const string TotalCampaign = "*";

    /// <summary>The key of a placement's day.</summary>
    public static RollupKey ForPlacement(string brand, DateOnly day, Placement placement) => new(brand, day, placement.Campaign, placement.Creator);

    /// <summary>The key of what no placement is credited with, and of touches of none.</summary>
    public static RollupKey Unattributed(string brand, DateOnly day) => new(brand, day, "", "");

    /// <summary>The key that counts every conversion once.</summary>
    public static RollupKey Total(string brand, DateOnly day) => new(brand, day, TotalCampaign, "");

    /// <summary>The key that counts a name that matched nothing in the catalog.</summary>
    public static RollupKey Unmatched(string brand, DateOnly day, UnmatchedKind kind, string name) => new(brand, day, UnmatchedNames.CampaignOf(kind), name);

    /// <summary>Whether this is <see cref="Unmatched"/>: <see cref="Creator"/> is the name then. Such keys stand in no report of placements.</summary>
    public bool IsUnmatched => Campaign.StartsWith('?');

    /// <summary>Whether this is <see cref="Total"/>.</summary>
    public bool IsTotal => Campaign == TotalCampaign;

    /// <summary>Whether this is <see cref="Unattributed"/>.</summary>
    public bool IsUnattributed => Campaign.Length == 0;
}
