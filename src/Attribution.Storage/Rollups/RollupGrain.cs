namespace Attribution.Storage.Rollups;

/// <summary>The grouping of summed rollups.</summary>
public enum RollupGrain
{
    /// <summary>
    /// By day, campaign and creator: the rollups themselves. Without a filter, prefer
    /// <see cref="IRollupStore.ReadRollupsAsync"/>, which streams.
    /// </summary>
    Placements,

    /// <summary>
    /// By day and campaign: creators, and the campaign's own costs, are summed under an empty creator. One cell per day
    /// and campaign.
    /// </summary>
    Campaigns,

    /// <summary>
    /// By campaign and creator: days are summed under the first day of the query, or under
    /// <see cref="RollupSumQuery.SplitDay"/> starting with that day. One or two cells per placement.
    /// </summary>
    Periods,
}
