using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>
/// A conversion's amounts in the brand's currency: gross, discount, and the total refunded after each refund; all 0
/// while an exchange rate is missing.
/// </summary>
internal sealed record TwinMoney(BigInteger Gross, BigInteger Discount, IReadOnlyList<BigInteger> RefundedAfter, bool WaitsForRate)
{
    /// <summary>
    /// Converts each total once, at the rate of the order's day. Without a rate, the amounts are not counted yet.
    /// </summary>
    public static TwinMoney FromConversion(TwinConversion conversion, TwinCatalog catalog)
    {
        var to = catalog.Brand(conversion.Brand).Currency;
        var from = conversion.Currency ?? to;
        var rate = catalog.Rate(conversion.Brand, conversion.Day, from);
        BigInteger Convert(BigInteger minor) => from == to ? minor : RoundHalfEven((decimal)minor / TwinCatalog.Unit(from) * (rate ?? 0) * TwinCatalog.Unit(to));

        var (gross, discount) = (Convert(conversion.Gross), Convert(conversion.Discount));
        var after = new List<BigInteger>();
        BigInteger refunded = 0;
        foreach (var refund in conversion.Refunds)
        {
            refunded += refund.Amount;
            after.Add(refunded == conversion.Gross - conversion.Discount ? gross - discount : BigInteger.Min(Convert(refunded), gross - discount));
        }

        return new(gross, discount, after, rate is null);
    }

    public BigInteger Refunded => RefundedAfter.Count == 0 ? 0 : RefundedAfter[^1];

    /// <summary>
    /// Calculates the commission on a net share: a percentage, plus a fixed amount per order or lead times the share.
    /// </summary>
    public static BigInteger Commission(AgreementItem? agreement, TwinConversion conversion, string currency, BigInteger net, BigInteger micros, int refunds) =>
        agreement is null || !Covers(agreement, conversion) ? 0
        : RoundHalfEven(TwinLines.Percentage(agreement, conversion, net, refunds) / 100
            + (decimal)(TwinCatalog.Minor((conversion.IsOrder ? agreement.Commission.Amount : agreement.Commission.LeadAmount) ?? 0, currency) * micros) / 1_000_000);

    /// <summary>Returns true if an agreement applies to a conversion.</summary>
    public static bool Covers(AgreementItem agreement, TwinConversion conversion) =>
        !TwinLines.ExcludesAll(agreement, conversion) &&
        (conversion.Renewal is null || TwinRenewals.Pays(agreement.Renewals, conversion.Renewal, conversion.Day))
        && (!agreement.NewCustomersOnly || conversion.Origin.Newness == "new" || (conversion.Origin.Newness == "unknown" && agreement.UnknownCustomers == "pay"))
        && !conversion.Origin.Codes.Any(used => (agreement.ExcludedCodes ?? []).Any(code => TwinCatalog.NormalizeCode(code) == TwinCatalog.NormalizeCode(used)));

    private static BigInteger RoundHalfEven(decimal value) => new(decimal.Round(value, MidpointRounding.ToEven));
}
