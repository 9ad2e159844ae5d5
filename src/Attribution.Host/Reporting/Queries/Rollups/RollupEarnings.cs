using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>What a group earned under a model: net less the goods, campaign by campaign, since margins differ.</summary>
/// <param name="Amount">Net × gross margin, minor units; net itself of campaigns without a margin.</param>
/// <param name="HasMargin">Whether a margin is set for every campaign of it.</param>
/// <param name="PaybackDay">The first day since which the amount has covered the cost; null where it does not.</param>
internal readonly record struct RollupEarnings(decimal Amount, bool HasMargin, DateOnly? PaybackDay);

/// <summary>Adds up what a group earns, in the order of days, and holds no more of them than a sum.</summary>
internal sealed class RollupEarningsAccumulator(Model model, RollupView view)
{
    private decimal earned;
    private long cost;
    private bool withoutMargin;
    private DateOnly? lastDay;
    private DateOnly? coveredSince;

    /// <summary>Adds a cell of a day, no earlier than the one before.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="day">Its day.</param>
    /// <param name="marginPercent">Gross margin of its campaign; null: not known.</param>
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

    /// <summary>What it comes to.</summary>
    public RollupEarnings Sum => new(earned, !withoutMargin, CoveredSince);

    private DateOnly? CoveredSince => cost > 0 && earned >= cost ? coveredSince ?? lastDay : null;
}
