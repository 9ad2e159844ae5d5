using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// The sums of a group: over all days of the query, and over the days for which fitted models have numbers.
/// </summary>
internal sealed class RollupGroupSums(RollupQuery query)
{
    private readonly bool fittedThroughout = query.FittedFrom <= query.From;
    private readonly MeasureCell all = new();
    private readonly RollupEarningsAccumulator[] earnings =
        [.. query.Models.Select(model => new RollupEarningsAccumulator(model, query.View))];
    private MeasureCell? fitted;

    /// <summary>Adds the cell of a day. Days must be added in ascending order.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="day">Day of the cell.</param>
    /// <param name="marginPercent">Gross margin of the campaign; null if unknown.</param>
    public void Add(MeasureCell cell, DateOnly day, decimal? marginPercent)
    {
        var isFitted = query.FittedFrom <= day;
        all.Add(cell);
        if (isFitted && !fittedThroughout) (fitted ??= new()).Add(cell);
        for (var i = 0; i < earnings.Length; i++)
            if (isFitted || !query.Models[i].IsFitted())
                earnings[i].Add(cell, day, marginPercent);
    }

    /// <summary>Returns the sums under each requested model, except models without numbers for the days.</summary>
    public IEnumerable<(Model Model, MeasureCell Cell, RollupEarnings Earnings)> GetResults()
    {
        for (var i = 0; i < earnings.Length; i++)
        {
            var model = query.Models[i];
            if ((!model.IsFitted() || fittedThroughout ? all : fitted) is { } cell
                && !RollupFigures.FromCell(cell, model, query.View).IsZero)
                yield return (model, cell, earnings[i].Sum);
        }
    }
}

/// <summary>The sum of a group under one model.</summary>
internal sealed record RollupGroupResult(RollupGroupKey Key, Model Model, MeasureCell Cell, RollupEarnings Earnings);
