using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>An adjustment as it stands in the books: whose it is, and for which placement.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Agreement">The agreement.</param>
/// <param name="Placement">The placement that it stands under; of an agreement that moved on, the old one's are taken back.</param>
/// <param name="Adjustment">What, when and how much.</param>
public sealed record BookedAdjustment(string Brand, string Agreement, Placement Placement, Adjustment Adjustment)
{
    /// <summary>The key that its ledger lines stand under, in the place of a conversion's: <c>a:mia-spring-1:2026-03</c>.</summary>
    public string Key => $"a:{Agreement}:{Adjustment.Period}";
}

/// <summary>What changes in the books where an agreement's adjustments change: ledger lines, and measures of the rollups. Pure.</summary>
public static class AdjustmentLines
{
    /// <summary>The lines that turn the adjustments as booked into those that are right; a line a placement, period, day and reason.</summary>
    public static IEnumerable<LedgerEntry> Between(IEnumerable<BookedAdjustment> booked, IEnumerable<BookedAdjustment> right, Timestamp at) =>
        right.Select(line => (Line: line, line.Adjustment.Amount)).Concat(booked.Select(line => (Line: line, Amount: -line.Adjustment.Amount)))
            .GroupBy(line => line.Line with { Adjustment = line.Line.Adjustment with { Amount = 0 } })
            .Select(group => (Line: group.Key, Amount: group.Sum(line => line.Amount)))
            .Where(line => line.Amount != 0)
            .Select(line => new LedgerEntry
            {
                Brand = line.Line.Brand,
                Conversion = line.Line.Key,
                Placement = line.Line.Placement,
                OrderDay = line.Line.Adjustment.Day,
                EntryDay = line.Line.Adjustment.Day,
                Amount = 0,
                Micros = 0,
                Commission = line.Amount,
                Reason = line.Line.Adjustment.Reason,
                CausedBy = $"agreement/{line.Line.Agreement}",
                RecordedAt = at,
            });

    /// <summary>Adds what an adjustment is in the rollups: commission, or a fee.</summary>
    public static void Add(this MeasureSums sums, BookedAdjustment booked, int times) =>
        sums.Add(
            RollupKey.ForPlacement(booked.Brand, booked.Adjustment.Day, booked.Placement),
            booked.Adjustment.Reason is LedgerReason.Fee or LedgerReason.PostFee ? Measure.CostFee : Measure.Commission,
            times * booked.Adjustment.Amount);
}
