using System.Runtime.CompilerServices;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// Reads rollups and adds them up by the requested grouping. Rollups arrive in the order of days: if the grouping
/// includes days, only one day is held in memory at a time, otherwise one sum per placement. Not thread-safe; use one
/// instance per query.
/// </summary>
internal sealed class RollupAggregation(RollupQuery query, RollupReading reading)
{
    /// <summary>Gets the last closed day; null if no day is closed.</summary>
    public DateOnly? ClosedThrough => reading.ClosedThrough;

    /// <summary>
    /// Gets the sum over every conversion of the brand, each counted once, regardless of campaign and creator. Complete
    /// after all groups are read.
    /// </summary>
    public MeasureCell Totals { get; } = new();

    /// <summary>Returns the total of a query under the book model, with refunds on the order's day.</summary>
    public static async Task<RollupFigures> ReadBookTotalsAsync(
        RollupQuery scope, IRollupStore store, CancellationToken cancellation)
    {
        var query = scope with
        {
            Models = [scope.Brand.ReportedModel], AllModels = false, View = RollupView.Cohort, AsOf = null,
            GroupBy = new(Day: false, Campaign: false, Creator: false),
        };
        // The days of a creator can be added up by the store; those of a campaign already are.
        var sumQuery = query.SumQuery with { Grain = query.Creator is null ? RollupGrain.Campaigns
            : RollupGrain.Periods };
        var groups = new RollupAggregation(
            query, (await store.SumRollupsAsync(query.Brand.Id, [sumQuery], query.AsOf, cancellation))[0]);
        var cell = new MeasureCell();
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
            if (shown.Key.Attributed) cell = shown.Cell;
        return RollupFigures.FromCell(cell, query.Models[0], query.View);
    }

    /// <summary>
    /// Returns the groups ordered by day, unattributed first, then by campaign and creator (ordinal, null first).
    /// </summary>
    public async IAsyncEnumerable<KeyValuePair<RollupGroupKey,
    RollupGroupSums>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var groups = new Dictionary<RollupGroupKey, RollupGroupSums>();
        DateOnly? day = null;
        await foreach (var (key, cell) in reading.Cells.WithCancellation(cancellation))
        {
            if (query.GroupBy.Day && day != key.Day)
            {
                foreach (var group in Sorted(groups)) yield return group;
                groups.Clear();
                day = key.Day;
            }
            if (key.IsTotal) Totals.Add(cell);
            else if (key.IsUnattributed || Matches(key)) Add(groups, GetGroupKey(key, query.GroupBy), cell, key);
        }
        foreach (var group in Sorted(groups)) yield return group;
    }

    /// <summary>Returns the results of the groups, in their order, under each requested model.</summary>
    public async IAsyncEnumerable<RollupGroupResult> ReadResultsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (key, sums) in ReadAsync(cancellation))
            foreach (var (model, cell, earnings) in sums.GetResults())
                yield return new(key, model, cell, earnings);
    }

    private bool Matches(in RollupKey key) =>
        (query.Campaign is null || key.Campaign == query.Campaign)
            && (query.Creator is null || key.Creator == query.Creator);

    /// <summary>Returns the group of a key. The key must not be a total.</summary>
    public static RollupGroupKey GetGroupKey(in RollupKey key, RollupGrouping groupBy) => key.IsUnattributed
        ? new(groupBy.Day ? key.Day : null, null, null, Attributed: false)
        : new(
            groupBy.Day ? key.Day : null,
            groupBy.Campaign ? key.Campaign : null,
            groupBy.Creator && key.Creator.Length > 0 ? key.Creator : null,
            Attributed: true);

    private void Add(
        Dictionary<RollupGroupKey, RollupGroupSums> groups, RollupGroupKey group, MeasureCell cell, in RollupKey key)
    {
        if (!groups.TryGetValue(group, out var sums)) groups[group] = sums = new RollupGroupSums(query);
        sums.Add(cell, key.Day, query.Catalog.FindCampaign(key.Campaign)?.GrossMarginPercent);
    }

    private static IEnumerable<KeyValuePair<RollupGroupKey,
    RollupGroupSums>> Sorted(Dictionary<RollupGroupKey, RollupGroupSums> groups) =>
        groups.OrderBy(group => group.Key.Attributed)
            .ThenBy(group => group.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Creator, StringComparer.Ordinal);
}

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

    public long ConvertedVisitors => cell[Measure.ConvertedVisitors];

    /// <summary>Gets the converted visitors in millionths, as intervals need them.</summary>
    public Int128 ConvertedMicros => cell.SumOf(Measure.ConvertedVisitors) * 1_000_000;

    public long Visits => cell[Measure.Visits];

    public long InvalidTouches => cell[Measure.InvalidBot] + cell[Measure.InvalidPrefetch] + cell[Measure.InvalidHead];

    public long AssistantTouches => cell[Measure.AssistantTouches];

    public long Referrals => cell[Measure.Referrals];

    public long Redemptions => cell[Measure.Redemptions];

    public long Orders => cell[model, CreditMeasure.Orders];

    public long ConversionMicros => cell[model, CreditMeasure.ConversionMicros];

    public long WithoutRateMicros => cell[model, CreditMeasure.WithoutRateMicros];

    /// <summary>Gets the credited share of orders whose money is known, by which money is divided.</summary>
    public long RatedConversionMicros => ConversionMicros - WithoutRateMicros;

    public long LeadMicros => cell[model, CreditMeasure.LeadMicros];

    public long NewCustomers => cell[model, CreditMeasure.NewCustomers];

    public long UnknownCustomers => cell[model, CreditMeasure.UnknownCustomers];

    public Int128 Gross => cell.SumOf(model, CreditMeasure.Gross);

    public Int128 Discount => cell.SumOf(model, CreditMeasure.Discount);

    public Int128 Refunds => cell.SumOf(model, view == RollupView.Cash ? CreditMeasure.RefundsCash : CreditMeasure.Refunds);

    public Int128 Net => Gross - Discount - Refunds;

    /// <summary>
    /// Gets the commission. In the cash view, commission reversed by a refund counts on the refund's day instead of the
    /// order's day.
    /// </summary>
    public Int128 Commission => view == RollupView.Cash
        ? GetAmount(Measure.Commission) + GetAmount(Measure.CommissionRefunded) - GetAmount(Measure.CommissionReversed)
        : GetAmount(Measure.Commission);

    public Int128 Cost => Commission + GetAmount(Measure.CostFee) + GetAmount(Measure.CostProduction)
        + GetAmount(Measure.CostManagement) + GetAmount(Measure.CostGift) + GetAmount(Measure.CostShipping)
        + GetAmount(Measure.CostOther);

    public bool Incomplete => cell[Measure.RateGaps] > 0;

    /// <summary>Returns an amount that does not depend on the view or the model.</summary>
    public Int128 GetAmount(Measure measure) => cell.SumOf(measure);

    /// <summary>Returns a count that does not depend on the view or the model.</summary>
    public Int128 GetMeasure(Measure measure) => cell.SumOf(measure);

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
                if (cell.SumOf((Measure)measure) != 0) return false;
            }
            return (Commission | Orders | ConversionMicros | LeadMicros | NewCustomers | Gross | Discount | Refunds) == 0;
        }
    }
}

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
    private decimal cost;
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
        var net = (decimal)figures.Net;
        withoutMargin |= marginPercent is null;
        earned += marginPercent is { } percent ? net * percent / 100 : net;
        cost += (decimal)figures.Cost;
    }
}
