using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The cost of a row by kind.</summary>
internal sealed record RollupCost(
    Money Fee, Money Production, Money Management, Money Gift, Money Shipping, Money Commission, Money Other,
    Money Total)
{
    /// <summary>Creates the cost of a group.</summary>
    public static RollupCost FromFigures(RollupFigures figures, Currency currency)
    {
        return new(
            Cost(Measure.CostFee), Cost(Measure.CostProduction), Cost(Measure.CostManagement), Cost(Measure.CostGift),
            Cost(Measure.CostShipping),
            new(figures.Commission, currency), Cost(Measure.CostOther), new(figures.Cost, currency));

        Money Cost(Measure measure) => new(figures.GetMeasure(measure), currency);
    }
}
