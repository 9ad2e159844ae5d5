namespace Attribution.Core.Journeys;

/// <summary>An amount on a local day.</summary>
/// <param name="Day">The brand's local day.</param>
/// <param name="Amount">The amount in minor units.</param>
public readonly record struct DayAmount(DateOnly Day, long Amount);
