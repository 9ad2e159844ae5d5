using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The interval that contains the true value in 95 of 100 cases (both bounds inclusive).</summary>
internal sealed record RollupInterval(Ratio Low, Ratio High)
{
    /// <summary>Creates an interval from its bounds; null if there are none.</summary>
    public static RollupInterval? FromBounds((decimal Low, decimal High)? bounds) => bounds is var (low, high)
        ? new(new(low), new(high)) : null;
}
