using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>A conversion's amounts in the brand's currency: gross, discount, and what was given back in all after each refund; all 0 while they wait for a rate.</summary>
internal sealed record TwinMoney(BigInteger Gross, BigInteger Discount, IReadOnlyList<BigInteger> RefundedAfter, bool WaitsForRate)
{
    /// <summary>Each whole amount is converted once, at the order day's rate; where there is none the money waits.</summary>
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

    /// <summary>What an agreement pays on a net share and a share of the conversion: a percentage, and a sum for an order or a lead.</summary>
    public static BigInteger Commission(AgreementItem? agreement, TwinConversion conversion, string currency, BigInteger net, BigInteger micros) =>
        agreement is null || !Covers(agreement, conversion) ? 0
        : RoundHalfEven((decimal)net * (agreement.Commission.Rate ?? 0) / 100
            + (decimal)(TwinCatalog.Minor((conversion.IsOrder ? agreement.Commission.Amount : agreement.Commission.LeadAmount) ?? 0, currency) * micros) / 1_000_000);

    /// <summary>Whether an agreement pays for a conversion at all.</summary>
    public static bool Covers(AgreementItem agreement, TwinConversion conversion) =>
        (conversion.IsNewCustomer || !agreement.NewCustomersOnly)
        && !conversion.Codes.Any(used => (agreement.ExcludedCodes ?? []).Any(code => TwinCatalog.NormalizeCode(code) == TwinCatalog.NormalizeCode(used)));

    private static BigInteger RoundHalfEven(decimal value) => new(decimal.Round(value, MidpointRounding.ToEven));
}
