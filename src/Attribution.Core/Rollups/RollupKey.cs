using Attribution.Core.Values;

namespace Attribution.Core.Rollups;

/// <summary>
/// The subject of a rollup document: a placement, a campaign's own costs, or the unattributed or total of a brand, on a
/// local day.
/// </summary>
/// <param name="Brand">Id of the brand.</param>
/// <param name="Day">The brand's local day.</param>
/// <param name="Campaign">
/// Id of the campaign; empty for the unattributed; <see cref="TotalCampaign"/> for the brand's total.
/// </param>
/// <param name="Creator">Id of the creator; empty if there is none.</param>
public readonly record struct RollupKey(string Brand, DateOnly Day, string Campaign, string Creator)
{
    /// <summary>
    /// Campaign of the key that counts every conversion of the brand once, attributed or not. Not a valid id.
    /// </summary>
    public const string TotalCampaign = "*";

    /// <summary>Creates the key of a placement's day.</summary>
    public static RollupKey ForPlacement(string brand, DateOnly day, Placement placement) =>
        new(brand, day, placement.Campaign, placement.Creator);

    /// <summary>Creates the key of conversions without credit and of touches without placement.</summary>
    public static RollupKey Unattributed(string brand, DateOnly day) => new(brand, day, "", "");

    /// <summary>Creates the key that counts every conversion once.</summary>
    public static RollupKey Total(string brand, DateOnly day) => new(brand, day, TotalCampaign, "");

    /// <summary>Creates the key of a name that matched nothing in the catalog.</summary>
    public static RollupKey Unmatched(string brand, DateOnly day, UnmatchedKind kind, string name) =>
        new(brand, day, UnmatchedNames.CampaignOf(kind), name);

    /// <summary>
    /// True for a key of <see cref="Unmatched"/>, whose <see cref="Creator"/> is the name. Reports of placements
    /// exclude such keys.
    /// </summary>
    public bool IsUnmatched => Campaign.StartsWith('?');

    /// <summary>True for a key of <see cref="Total"/>.</summary>
    public bool IsTotal => Campaign == TotalCampaign;

    /// <summary>True for a key of <see cref="Unattributed"/>.</summary>
    public bool IsUnattributed => Campaign.Length == 0;
}
