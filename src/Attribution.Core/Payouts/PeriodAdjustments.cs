using System.Collections.Immutable;
using System.Numerics;
using Attribution.Core.Catalog;
using Attribution.Core.Crediting;
using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>
/// Calculates the tiers, caps, guarantees and fees of an agreement. A pure function of its terms, of its accruals in
/// (time, key) order, and of the current day, which only determines the amounts that are due. The result depends
/// neither on the order of arrival nor on earlier calculations. Integer arithmetic throughout.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>Tiers replace the rate and the fixed amount of the commission. Marginal tiers: each conversion is paid by the tiers that
/// its part of the period's running total falls into, in proportion, rounded once, half to even; a conversion that adds
/// nothing to the total is paid by the current tier. Whole tiers: all conversions are paid by the tier that the
/// period's total reaches. In both cases a conversion within a single tier is paid as by an agreement with that
/// rate.</item>
/// <item>A cap limits the running sum after tiers: the conversion that crosses it gets the remainder, later ones get nothing. A
/// refund frees room under the cap.</item>
/// <item>A guarantee adds the shortfall of a period's commission on the last day of each ended period; for a period without
/// conversions, the full amount.</item>
/// </list>
/// </remarks>
public static class PeriodAdjustments
{
    private const long RateUnit = 100_000_000;

    /// <summary>
    /// Returns the adjustments of an agreement, by (period, day, reason); empty if it has no period terms.
    /// </summary>
    /// <param name="agreement">The agreement.</param>
    /// <param name="accruals">All its accruals, in any order.</param>
    /// <param name="today">
    /// The brand's local day: fees through this day are due, and guarantees of periods that ended before it.
    /// </param>
    public static ImmutableArray<Adjustment> Calculate(
        Agreement agreement, IEnumerable<PeriodAccrual> accruals, DateOnly today)
    {
        if (agreement.PeriodTerms is not { } terms) return [];
        var sums = new SortedDictionary<(string Period, DateOnly Day, LedgerReason Reason), Int128>(
            Comparer<(string, DateOnly, LedgerReason)>.Create(Compare));
        void Add(string period, DateOnly day, LedgerReason reason, Int128 amount) =>
            sums[(period, day, reason)] = sums.GetValueOrDefault((period, day, reason)) + amount;

        if (agreement.From <= today) Add("fee", agreement.From, LedgerReason.Fee, terms.Fee);
        var conversions = new SortedDictionary<string, List<PeriodAccrual>>(StringComparer.Ordinal);
        foreach (var accrual in accruals.OrderBy(accrual => accrual.At).ThenBy(accrual => accrual.Key, StringComparer.Ordinal))
        {
            if (accrual.Kind == AccrualKind.Post)
            {
                Add("posts", accrual.Day, LedgerReason.PostFee, terms.FeePerPost);
                continue;
            }

            var period = terms.PeriodOf(accrual.Day, agreement.To).Name;
            if (!conversions.TryGetValue(period, out var inPeriod)) conversions.Add(period, inPeriod = []);
            inPeriod.Add(accrual);
        }

        var paid = new Dictionary<string, Int128>(StringComparer.Ordinal);
        foreach (var (period, inPeriod) in conversions)
        {
            var (sum, bounded) = (Int128.Zero, Int128.Zero);
            foreach (var (accrual, tiered) in inPeriod.Zip(TieredCommissions(agreement, terms, inPeriod)))
            {
                sum += tiered;
                var upTo = terms.Cap is { } cap && cap < sum ? cap : sum;
                Add(period, accrual.Day, LedgerReason.Tier, tiered - accrual.Commission);
                Add(period, accrual.Day, LedgerReason.Cap, upTo - bounded - tiered);
                bounded = upTo;
            }

            paid[period] = bounded;
        }

        if (terms.Guarantee > 0)
            foreach (var (period, last) in EndedPeriods(agreement, terms, today))
                Add(
                    period, last, LedgerReason.Guarantee,
                    Int128.Max(0, terms.Guarantee - paid.GetValueOrDefault(period)));
        return [.. sums.Where(line => line.Value != 0).Select(line => new Adjustment(line.Key.Period, line.Key.Day, line.Key.Reason, line.Value))];
    }

    /// <summary>Returns the commission of each conversion of a period by the tiers.</summary>
    private static IEnumerable<long> TieredCommissions(
        Agreement agreement, PeriodTerms terms, List<PeriodAccrual> inPeriod)
    {
        if (terms.Tiers.IsEmpty) return inPeriod.Select(accrual => accrual.Commission);
        long Size(PeriodAccrual accrual) =>
            !terms.TiersByOrders ? accrual.Net : accrual.Kind == AccrualKind.Order ? accrual.Micros : 0;
        if (terms.WholeTiers)
        {
            var reached = TierAt(
                terms.Tiers, inPeriod.SumWide(accrual => Size(accrual)));
            return inPeriod.Select(accrual => DivideHalfToEven(TierAmount(agreement, reached, accrual), RateUnit));
        }

        var total = Int128.Zero;
        return inPeriod.Select(accrual =>
        {
            var (start, size) = (total, Size(accrual));
            total += size;
            if (size == 0)
                return DivideHalfToEven(TierAmount(agreement, TierAt(terms.Tiers, start), accrual), RateUnit);
            var amount = BigInteger.Zero;
            for (var i = 0; i < terms.Tiers.Length; i++)
            {
                var end = i + 1 < terms.Tiers.Length ? terms.Tiers[i + 1].From : Int128.MaxValue;
                var piece = Int128.Min(end, start + size) - Int128.Max(terms.Tiers[i].From, start);
                if (piece > 0) amount += piece * TierAmount(agreement, terms.Tiers[i], accrual);
            }

            return DivideHalfToEven(amount, (BigInteger)size * RateUnit);
        }).ToList();
    }

    /// <summary>Returns the last tier that starts at or below a total.</summary>
    private static Tier TierAt(ImmutableArray<Tier> tiers, Int128 total)
    {
        var last = tiers.Length - 1;
        while (last > 0 && tiers[last].From > total) last--;
        return tiers[last];
    }

    /// <summary>
    /// Returns the amount that a tier pays for a conversion, in units of 1 / <see cref="RateUnit"/> minor unit: its
    /// rate of the net, plus the fixed amount times the credited share.
    /// </summary>
    private static BigInteger TierAmount(Agreement agreement, in Tier tier, PeriodAccrual accrual) =>
        (BigInteger)accrual.Net * tier.Rate
        + ((BigInteger)accrual.Micros * (RateUnit / CreditSplitter.WholeMicros)
            * (accrual.Kind == AccrualKind.Order ? tier.PerOrder : agreement.PerLead));

    private static long DivideHalfToEven(BigInteger amount, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(amount, divisor, out var remainder);
        var half = (remainder * 2).CompareTo(divisor);
        return (long)(half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient);
    }

    /// <summary>Returns the periods of the agreement that ended before a day, with their last days.</summary>
    private static IEnumerable<(string Name, DateOnly Last)> EndedPeriods(
        Agreement agreement, PeriodTerms terms, DateOnly today)
    {
        for (var day = agreement.From; day < agreement.To;)
        {
            var (name, last) = terms.PeriodOf(day, agreement.To);
            if (last >= today) yield break;
            yield return (name, last);
            day = last.AddDays(1);
        }
    }

    private static int Compare(
        (string Period, DateOnly Day, LedgerReason Reason) a, (string Period, DateOnly Day, LedgerReason Reason) b) =>
        string.CompareOrdinal(a.Period, b.Period) is var byPeriod and not 0 ? byPeriod
        : a.Day != b.Day ? a.Day.CompareTo(b.Day)
        : a.Reason.CompareTo(b.Reason);
}
