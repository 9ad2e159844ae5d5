using System.Collections.Immutable;
using System.Numerics;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Ledger;

namespace Attribution.Core.Payouts;

/// <summary>An amount that an agreement adds to what its conversions accrue by themselves, or takes off it.</summary>
/// <param name="Period">A month (<c>2026-03</c>) or <c>agreement</c>; <c>fee</c> and <c>posts</c> of fees.</param>
/// <param name="Day">The local day it stands on: of tiers and caps the conversions', of a guarantee the period's last.</param>
/// <param name="Reason"><see cref="LedgerReason.Tier"/> to <see cref="LedgerReason.PostFee"/>.</param>
/// <param name="Amount">Minor units; never 0.</param>
public sealed record Adjustment(string Period, DateOnly Day, LedgerReason Reason, long Amount);

/// <summary>
/// Tiers, caps, guarantees and fees of an agreement: a pure function of its terms, of what accrued under it, in (time, key) order, and of the
/// day, which only says what is due. The order of arrival cannot matter, nor how often it was reckoned before. Integers throughout.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>Tiers pay in the place of the commission's rate and sum. Marginal: each conversion is paid by the tiers that its piece of the period's
/// running total lies in, in proportion, rounded once, half to even; one that adds nothing to the total is paid by the tier where it stands.
/// Whole: all are paid by the tier that the period's total reaches. Either way a conversion that lies in one tier is paid as an agreement of that
/// rate would pay it.</item>
/// <item>A cap bounds the running sum of what tiers leave: the conversion that crosses it gets what is left, those after it nothing. One that is refunded makes room.</item>
/// <item>A guarantee adds, on the last day of each period that has ended, what the period's commission falls short of it; of one without any conversion the whole.</item>
/// </list>
/// </remarks>
public static class PeriodAdjustments
{
    private const long RateUnit = 100_000_000;

    /// <summary>The adjustments of an agreement, by (period, day, reason); none where it reckons over nothing.</summary>
    /// <param name="agreement">The agreement.</param>
    /// <param name="accruals">All that accrued under it, in any order.</param>
    /// <param name="today">The brand's local day: fees of this day and before are due, and guarantees of periods that ended before it.</param>
    public static ImmutableArray<Adjustment> Calculate(Agreement agreement, IEnumerable<PeriodAccrual> accruals, DateOnly today)
    {
        if (agreement.PeriodTerms is not { } terms) return [];
        var sums = new SortedDictionary<(string Period, DateOnly Day, LedgerReason Reason), long>(Comparer<(string, DateOnly, LedgerReason)>.Create(Compare));
        void Add(string period, DateOnly day, LedgerReason reason, long amount) => sums[(period, day, reason)] = sums.GetValueOrDefault((period, day, reason)) + amount;

        if (agreement.From <= today) Add("fee", agreement.From, LedgerReason.Fee, terms.Fee);
        var conversions = new SortedDictionary<string, List<PeriodAccrual>>(StringComparer.Ordinal);
        foreach (var accrual in accruals.OrderBy(accrual => accrual.At).ThenBy(accrual => accrual.Key, StringComparer.Ordinal))
        {
            if (accrual.Kind == AccrualKind.Post) Add("posts", accrual.Day, LedgerReason.PostFee, terms.FeePerPost);
            else
            {
                var period = terms.PeriodOf(accrual.Day, agreement.To).Name;
                if (!conversions.TryGetValue(period, out var within)) conversions.Add(period, within = []);
                within.Add(accrual);
            }
        }

        var paid = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (period, within) in conversions)
        {
            var (sum, bounded) = (0L, 0L);
            foreach (var (accrual, tiered) in within.Zip(TieredCommissions(agreement, terms, within)))
            {
                sum += tiered;
                var upTo = Math.Min(sum, terms.Cap ?? long.MaxValue);
                Add(period, accrual.Day, LedgerReason.Tier, tiered - accrual.Commission);
                Add(period, accrual.Day, LedgerReason.Cap, upTo - bounded - tiered);
                bounded = upTo;
            }

            paid[period] = bounded;
        }

        if (terms.Guarantee > 0)
            foreach (var (period, last) in EndedPeriods(agreement, terms, today))
                Add(period, last, LedgerReason.Guarantee, Math.Max(0, terms.Guarantee - paid.GetValueOrDefault(period)));
        return [.. sums.Where(line => line.Value != 0).Select(line => new Adjustment(line.Key.Period, line.Key.Day, line.Key.Reason, line.Value))];
    }

    private static IEnumerable<long> TieredCommissions(Agreement agreement, PeriodTerms terms, List<PeriodAccrual> within)
    {
        if (terms.Tiers.IsEmpty) return within.Select(accrual => accrual.Commission);
        long Size(PeriodAccrual accrual) => !terms.TiersByOrders ? accrual.Net : accrual.Kind == AccrualKind.Order ? accrual.Micros : 0;
        if (terms.WholeTiers)
        {
            var reached = TierAt(terms.Tiers, within.Sum(Size));
            return within.Select(accrual => DivideHalfToEven(TierAmount(agreement, reached, accrual), RateUnit));
        }

        var reachedSoFar = 0L;
        return within.Select(accrual =>
        {
            var (start, size) = (reachedSoFar, Size(accrual));
            reachedSoFar += size;
            if (size == 0) return DivideHalfToEven(TierAmount(agreement, TierAt(terms.Tiers, start), accrual), RateUnit);
            var worth = BigInteger.Zero;
            for (var i = 0; i < terms.Tiers.Length; i++)
            {
                var end = i + 1 < terms.Tiers.Length ? terms.Tiers[i + 1].From : long.MaxValue;
                var piece = Math.Min(end, start + size) - Math.Max(terms.Tiers[i].From, start);
                if (piece > 0) worth += piece * TierAmount(agreement, terms.Tiers[i], accrual);
            }

            return DivideHalfToEven(worth, (BigInteger)size * RateUnit);
        }).ToList();
    }

    /// <summary>The last tier that begins at a total or before it.</summary>
    private static Tier TierAt(ImmutableArray<Tier> tiers, long total)
    {
        var last = tiers.Length - 1;
        while (last > 0 && tiers[last].From > total) last--;
        return tiers[last];
    }

    /// <summary>What a tier pays for a conversion, in parts of <see cref="RateUnit"/> of a minor unit: its rate of the net, and the sum times the credited share.</summary>
    private static BigInteger TierAmount(Agreement agreement, in Tier tier, PeriodAccrual accrual) =>
        (BigInteger)accrual.Net * tier.Rate
        + (BigInteger)accrual.Micros * (RateUnit / CreditSplitter.WholeMicros) * (accrual.Kind == AccrualKind.Order ? tier.PerOrder : agreement.PerLead);

    private static long DivideHalfToEven(BigInteger amount, BigInteger of)
    {
        var down = BigInteger.DivRem(amount, of, out var rest);
        var side = (rest * 2).CompareTo(of);
        return (long)(side > 0 || (side == 0 && !down.IsEven) ? down + 1 : down);
    }

    /// <summary>The periods that ended before a day, from the agreement's first on, with their last days.</summary>
    private static IEnumerable<(string Name, DateOnly Last)> EndedPeriods(Agreement agreement, PeriodTerms terms, DateOnly today)
    {
        for (var day = agreement.From; day < agreement.To;)
        {
            var (name, last) = terms.PeriodOf(day, agreement.To);
            if (last >= today) yield break;
            yield return (name, last);
            day = last.AddDays(1);
        }
    }

    private static int Compare((string Period, DateOnly Day, LedgerReason Reason) a, (string Period, DateOnly Day, LedgerReason Reason) b) =>
        string.CompareOrdinal(a.Period, b.Period) is var byPeriod and not 0 ? byPeriod
        : a.Day != b.Day ? a.Day.CompareTo(b.Day)
        : a.Reason.CompareTo(b.Reason);
}
