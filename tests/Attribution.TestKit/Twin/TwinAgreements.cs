using System.Globalization;
using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>
/// Calculates the adjustments of an agreement, one conversion after another: tiers, cap, guarantee and fees.
/// </summary>
public static class TwinAgreements
{
    /// <summary>Scale of a rate in millionths of a percent times a share in millionths.</summary>
    private static readonly BigInteger Scale = BigInteger.Pow(10, 14);

    /// <summary>Returns the amounts that are not 0, by period, day and reason.</summary>
    public static Dictionary<(string Period, DateOnly Day, string Reason), BigInteger> Settle(
        AgreementItem agreement, IEnumerable<TwinAccrual> accruals, DateOnly today, string currency)
    {
        var sums = new Dictionary<(string, DateOnly, string), BigInteger>();
        void Add(string period, DateOnly day, string reason, BigInteger amount) =>
            sums[(period, day, reason)] = sums.GetValueOrDefault((period, day, reason)) + amount;
        BigInteger Money(decimal? amount) => TwinCatalog.Minor(amount ?? 0, currency);

        var mine = accruals.Where(accrual => accrual.Agreement == agreement.Id)
            .OrderBy(accrual => accrual.At).ThenBy(accrual => accrual.Key, StringComparer.Ordinal).ToList();
        if (agreement.Fee is { } fee && agreement.ValidFrom <= today) Add("fee", agreement.ValidFrom!.Value, "Fee", Money(fee));
        foreach (var post in mine.Where(accrual => accrual.Kind == "post")) Add("posts", post.Day, "PostFee", Money(agreement.FeePerPost));

        var paid = new Dictionary<string, BigInteger>();
        foreach (var period in mine.Where(accrual => accrual.Kind != "post").GroupBy(accrual => PeriodOf(agreement, accrual.Day)))
        {
            BigInteger reached = 0, soFar = 0;
            foreach (var accrual in period)
            {
                var total = period.Aggregate(BigInteger.Zero, (sum, each) => sum + SizeOf(agreement, each));
                var tiered = Tiered(agreement, accrual, reached, total, currency);
                reached += SizeOf(agreement, accrual);
                var now = agreement.Cap is null ? tiered : BigInteger.Min(tiered, Money(agreement.Cap) - soFar);
                soFar += now;
                Add(period.Key, accrual.Day, "Tier", tiered - accrual.Commission);
                Add(period.Key, accrual.Day, "Cap", now - tiered);
            }

            paid[period.Key] = soFar;
        }

        if (agreement.Guarantee is { } least)
            for (var day = agreement.ValidFrom!.Value; day < (agreement.ValidTo ?? today); day = day.AddDays(1))
                if ((agreement.ValidTo == day.AddDays(1) || PeriodOf(agreement, day) != PeriodOf(agreement, day.AddDays(1))) && day < today)
                    Add(PeriodOf(agreement, day), day, "Guarantee", BigInteger.Max(0, Money(least) - paid.GetValueOrDefault(PeriodOf(agreement, day))));
        return sums.Where(line => line.Value != 0).ToDictionary(line => line.Key, line => line.Value);
    }

    private static string PeriodOf(AgreementItem agreement, DateOnly day) =>
        agreement.Period == "month" ? day.ToString("yyyy-MM", CultureInfo.InvariantCulture) : "agreement";

    private static BigInteger SizeOf(AgreementItem agreement, TwinAccrual accrual) =>
        agreement.TiersBy != "orders" ? accrual.Net : accrual.Kind == "order" ? accrual.Micros : 0;

    /// <summary>
    /// Calculates one conversion by tiers: each tier adds its difference to the previous tier, on the part above its
    /// start.
    /// </summary>
    private static BigInteger Tiered(AgreementItem agreement, TwinAccrual accrual, BigInteger reached, BigInteger inAll, string currency)
    {
        if (agreement.Tiers is null or []) return accrual.Commission;
        BigInteger StartOf(decimal from) =>
            agreement.TiersBy == "orders" ? new BigInteger(from * 1_000_000) : TwinCatalog.Minor(from, currency);
        var tiers = agreement.Tiers.Select(tier => (From: StartOf(tier.From), Worth: Worth(tier.Rate, tier.Amount)))
            .Prepend((From: -1, Worth: Worth(null, null))).ToList();
        var size = SizeOf(agreement, accrual);
        if (agreement.TierMode == "whole") return RoundHalfEven(tiers.Last(tier => tier.From <= inAll).Worth, Scale);
        if (size == 0) return RoundHalfEven(tiers.Last(tier => tier.From <= reached).Worth, Scale);
        var worth = size * tiers[0].Worth;
        for (var i = 1; i < tiers.Count; i++)
            worth += (tiers[i].Worth - tiers[i - 1].Worth)
                * (BigInteger.Max(0, reached + size - tiers[i].From) - BigInteger.Max(0, reached - tiers[i].From));
        return RoundHalfEven(worth, size * Scale);

        BigInteger Worth(decimal? rate, decimal? amount)
        {
            var fixedAmount = accrual.Kind == "order" ? amount ?? agreement.Commission.Amount : agreement.Commission.LeadAmount;
            return accrual.Net * new BigInteger((rate ?? agreement.Commission.Rate ?? 0) * 1_000_000) * 1_000_000
                + accrual.Micros * TwinCatalog.Minor(fixedAmount ?? 0, currency) * 100_000_000;
        }
    }

    /// <summary>Divides and rounds half to even. Amounts are not negative.</summary>
    private static BigInteger RoundHalfEven(BigInteger amount, BigInteger of)
    {
        var whole = amount / of;
        var twice = (amount - whole * of) * 2;
        return twice > of || (twice == of && !whole.IsEven) ? whole + 1 : whole;
    }
}
