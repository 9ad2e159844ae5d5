namespace Attribution.Storage.Rollups;

/// <summary>What of the rollups' keys is kept apart.</summary>
public enum RollupGrain
{
    /// <summary>Day, campaign and creator: the rollups themselves. As many as there are; without a filter <see cref="IRollupStore.ReadRollupsAsync"/> is the better way.</summary>
    Placements,

    /// <summary>Day and campaign; creators, and the campaign's own costs, are added up under no creator. As many as days times campaigns.</summary>
    Campaigns,

    /// <summary>Campaign and creator; days are added up under the first day asked for, or from <see cref="RollupSumQuery.SplitDay"/> on under that. As many as placements, or twice.</summary>
    Periods,
}
