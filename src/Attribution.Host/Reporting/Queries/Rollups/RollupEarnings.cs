using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// The earnings of a group under a model: net revenue times gross margin, per campaign because margins differ.
/// </summary>
/// <param name="Amount">Net × gross margin in minor units; net itself for campaigns without a margin.</param>
/// <param name="HasMargin">True if every campaign of the group has a margin.</param>
/// <param name="PaybackDay">
/// First day from which the amount has continuously covered the cost; null if it does not cover the cost.
/// </param>
internal readonly record struct RollupEarnings(decimal Amount, bool HasMargin, DateOnly? PaybackDay);

/// <summary>A running sum of earnings. Days must be added in ascending order.</summary>
internal sealed class RollupEarningsAccumulator(Model model, RollupView view)
{
    private decimal earned;
    private long cost;
    private bool withoutMargin;
    private DateOnly? lastDay;
    private DateOnly? coveredSince;

    /// <summary>Gets the sum.</summary>
    public RollupEarnings Sum => new(earned, !withoutMargin, CoveredSince);

    private DateOnly? CoveredSince => cost > 0 && earned >= cost ? coveredSince ?? lastDay : null;

    /// <summary>Adds the cell of a day.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="day">Day of the cell; not before the day added last.</param>
    /// <param name="marginPercent">Gross margin of the campaign; null if unknown.</param>
    public void Add(MeasureCell cell, DateOnly day, decimal? marginPercent)
    {
        if (lastDay != day) coveredSince = CoveredSince;
        lastDay = day;
        var figures = RollupFigures.FromCell(cell, model, view);
        var net = figures.Net;
        withoutMargin |= marginPercent is null;
        earned += marginPercent is { } percent ? net * percent / 100 : net;
        cost += figures.Cost;
    }
}
