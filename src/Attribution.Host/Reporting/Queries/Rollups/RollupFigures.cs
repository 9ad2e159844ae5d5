using Attribution.Core.Models;
using Attribution.Core.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The figures of a cell under one model and view, as integers: minor units, millionths and counts.</summary>
internal readonly struct RollupFigures
{
    private readonly MeasureCell cell;
    private readonly Model model;
    private readonly RollupView view;

    private RollupFigures(MeasureCell cell, Model model, RollupView view) =>
        (this.cell, this.model, this.view) = (cell, model, view);

    public static RollupFigures FromCell(MeasureCell cell, Model model, RollupView view) => new(cell, model, view);

    public long Clicks => cell[Measure.Clicks];

    public long UniqueVisitors => cell[Measure.UniqueVisitors];

    public long Visits => cell[Measure.Visits];

    public long InvalidTouches => cell[Measure.InvalidBot] + cell[Measure.InvalidPrefetch] + cell[Measure.InvalidHead];

    public long Redemptions => cell[Measure.Redemptions];

    public long Orders => cell[model, CreditMeasure.Orders];

    public long ConversionMicros => cell[model, CreditMeasure.ConversionMicros];

    public long LeadMicros => cell[model, CreditMeasure.LeadMicros];

    public long NewCustomers => cell[model, CreditMeasure.NewCustomers];

    public long Gross => cell[model, CreditMeasure.Gross];

    public long Discount => cell[model, CreditMeasure.Discount];

    public long Refunds => cell[model, view == RollupView.Cash ? CreditMeasure.RefundsCash : CreditMeasure.Refunds];

    public long Net => Gross - Discount - Refunds;

    /// <summary>
    /// Gets the commission. In the cash view, commission reversed by a refund counts on the refund's day instead of the
    /// order's day.
    /// </summary>
    public long Commission => view == RollupView.Cash
        ? cell[Measure.Commission] + cell[Measure.CommissionRefunded] - cell[Measure.CommissionReversed]
        : cell[Measure.Commission];

    public long Cost => Commission + cell[Measure.CostFee] + cell[Measure.CostProduction] + cell[Measure.CostManagement]
        + cell[Measure.CostGift] + cell[Measure.CostShipping] + cell[Measure.CostOther];

    public bool Incomplete => cell[Measure.RateGaps] > 0;

    /// <summary>Returns a measure that does not depend on the view or the model.</summary>
    public long GetMeasure(Measure measure) => cell[measure];

    /// <summary>
    /// Gets a value indicating whether all figures are 0, for example because the placement has credit only under other
    /// models.
    /// </summary>
    public bool IsZero
    {
        get
        {
            for (var measure = 0; measure < MeasureCell.MeasureCount; measure++)
            {
                if ((Measure)measure is Measure.Commission or Measure.CommissionRefunded or Measure.CommissionReversed) continue;
                if (cell[(Measure)measure] != 0) return false;
            }
            return (Commission | Orders | ConversionMicros | LeadMicros | NewCustomers | Gross | Discount | Refunds) == 0;
        }
    }
}
