using Attribution.Core.Ledger;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>Converts changes of an agreement's adjustments to ledger lines and rollup measures. Pure.</summary>
public static class AdjustmentLines
{
    /// <summary>
    /// Returns the lines that lead from the booked adjustments to the calculated ones: one per placement, period, day
    /// and reason, or several if the amount needs more than 64 bits.
    /// </summary>
    public static IEnumerable<LedgerEntry> Between(
        IEnumerable<BookedAdjustment> booked, IEnumerable<BookedAdjustment> calculated, Timestamp at) =>
        calculated.Select(adjustment => (Adjustment: adjustment, adjustment.Adjustment.Amount))
            .Concat(booked.Select(adjustment => (Adjustment: adjustment, Amount: -adjustment.Adjustment.Amount)))
            .GroupBy(signed => signed.Adjustment with { Adjustment = signed.Adjustment.Adjustment with { Amount = 0 } })
            .Select(group => (Booked: group.Key, Amount: group.SumWide(signed => signed.Amount)))
            .SelectMany(change => SplitAmount(change.Amount).Select(amount => (change.Booked, Amount: amount)))
            .Select(change => new LedgerEntry
            {
                Brand = change.Booked.Brand,
                Conversion = change.Booked.Key,
                Placement = change.Booked.Placement,
                OrderDay = change.Booked.Adjustment.Day,
                EntryDay = change.Booked.Adjustment.Day,
                Amount = 0,
                Micros = 0,
                Commission = change.Amount,
                Reason = change.Booked.Adjustment.Reason,
                CausedBy = $"agreement/{change.Booked.Agreement}",
                RecordedAt = at,
            });

    /// <summary>Returns the parts of an amount that fit 64 bits; none for 0.</summary>
    private static IEnumerable<long> SplitAmount(Int128 amount)
    {
        while (amount != 0)
        {
            var part = (long)Int128.Clamp(amount, -long.MaxValue, long.MaxValue);
            yield return part;
            amount -= part;
        }
    }

    /// <summary>Adds an adjustment to its measure: commission, or cost of fees.</summary>
    public static void Add(this MeasureSums sums, BookedAdjustment booked, int times) =>
        sums.Add(
            RollupKey.ForPlacement(booked.Brand, booked.Adjustment.Day, booked.Placement),
            booked.Adjustment.Reason is LedgerReason.Fee or LedgerReason.PostFee ? Measure.CostFee : Measure.Commission,
            times * booked.Adjustment.Amount);
}
