namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The key of a group of rollups that are added up.</summary>
/// <param name="Day">Day of the group; null if days are added up.</param>
/// <param name="Campaign">
/// Campaign of the group; null if campaigns are added up, and for unattributed conversions.
/// </param>
/// <param name="Creator">
/// Creator of the group; null if creators are added up, for costs of a campaign as a whole, and for unattributed
/// conversions.
/// </param>
/// <param name="Attributed">False for conversions that are not credited to any placement.</param>
internal readonly record struct RollupGroupKey(DateOnly? Day, string? Campaign, string? Creator, bool Attributed);
