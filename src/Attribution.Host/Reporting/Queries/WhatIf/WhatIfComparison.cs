using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>The sums of the ledger and of the simulation by row. Not thread-safe.</summary>
internal sealed class WhatIfComparison(DateOnly from, DateOnly to, RollupGrouping groupBy, int maxRows)
{
    private readonly Dictionary<RollupGroupKey, (MeasureCell Book, MeasureCell WhatIf)> rows = [];
    private readonly (MeasureCell Book, MeasureCell WhatIf) totals = (new(), new());
    private readonly Dictionary<string,
    (List<PeriodAccrual> Book, List<PeriodAccrual> WhatIf)> accruals = new(StringComparer.Ordinal);

    /// <summary>Adds a journey as stored and as simulated.</summary>
    public void Add(Journey book, Journey whatIf)
    {
        Add(book, isBook: true);
        Add(whatIf, isBook: false);
    }

    /// <summary>
    /// Adds the tiers, caps and guarantees of an agreement on the requested days. They depend on everything accrued
    /// under the agreement.
    /// </summary>
    public void AddSettlement(Agreement agreement, DateOnly today)
    {
        var (book, whatIf) = GetAccruals(agreement.Id);
        foreach (var (side, isBook) in new[] { (book, true), (whatIf, false) })
        {
            var sums = new MeasureSums();
            foreach (var line in PeriodAdjustments.Calculate(agreement, side, today))
                sums.Add(new BookedAdjustment(agreement.Brand, agreement.Id, agreement.Placement, line), 1);
            Add(sums, isBook);
        }
    }

    /// <summary>Creates the answer.</summary>
    public WhatIfAnswer ToAnswer(Currency currency)
    {
        WhatIfRow Row(RollupGroupKey? key, (MeasureCell Book, MeasureCell WhatIf) sides)
        {
            var difference = new MeasureCell();
            difference.Add(sides.WhatIf);
            difference.Add(sides.Book, -1);
            return new()
            {
                Day = key?.Day, CampaignId = key?.Campaign, CreatorId = key?.Creator,
                Book = WhatIfFigures.FromCell(sides.Book, currency),
                WhatIf = WhatIfFigures.FromCell(sides.WhatIf, currency),
                Difference = WhatIfFigures.FromCell(difference, currency),
            };
        }

        var sorted = rows.Where(row => !IsZero(row.Value.Book) || !IsZero(row.Value.WhatIf))
            .OrderBy(row => row.Key.Day).ThenBy(row => row.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Creator, StringComparer.Ordinal).ToList();
        return new(
            [.. sorted.Where(row => row.Key.Attributed).Select(row => Row(row.Key, row.Value))],
            [.. sorted.Where(row => !row.Key.Attributed).Select(row => Row(row.Key, row.Value))], Row(null, totals),
            currency.Code);
    }

    private static bool IsZero(MeasureCell cell) =>
        RollupFigures.FromCell(cell, Model.Book, RollupView.Cohort) is var figures
        && (figures.Orders | figures.ConversionMicros | figures.LeadMicros | figures.NewCustomers
            | figures.Gross | figures.Discount | figures.Refunds | figures.Commission) == 0;

    private void Add(Journey journey, bool isBook)
    {
        foreach (var accrual in PeriodAccrual.FromJourney(journey))
        {
            var (book, whatIf) = GetAccruals(accrual.Agreement);
            (isBook ? book : whatIf).Add(accrual);
        }

        var sums = new MeasureSums();
        sums.Add(journey, 1);
        Add(sums, isBook);
    }

    private (List<PeriodAccrual> Book, List<PeriodAccrual> WhatIf) GetAccruals(string agreement) =>
        accruals.TryGetValue(agreement, out var known) ? known : accruals[agreement] = ([], []);

    private void Add(MeasureSums sums, bool isBook)
    {
        foreach (var (key, cell) in sums.Cells)
        {
            if (key.Day < from || key.Day > to || key.IsUnmatched || IsZero(cell)) continue;
            var sides = key.IsTotal ? totals : GetSides(key);
            (isBook ? sides.Book : sides.WhatIf).Add(cell);
        }
    }

    private (MeasureCell Book, MeasureCell WhatIf) GetSides(in RollupKey key)
    {
        var group = RollupAggregation.GetGroupKey(key, groupBy);
        if (rows.TryGetValue(group, out var sides)) return sides;
        if (rows.Count == maxRows)
            throw new RunRefusedException(
                $"The result has more than {maxRows} rows. Request fewer days, or group by fewer parts (groupBy).");
        return rows[group] = (new(), new());
    }
}
