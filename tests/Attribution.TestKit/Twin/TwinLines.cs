using System.Numerics;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>Divides the net of an order by its lines, one refund after another, and finds what an agreement pays for each.</summary>
internal static class TwinLines
{
    /// <summary>Returns the lines of an event; null if it states none that can be used.</summary>
    public static IReadOnlyList<OrderLine>? OfOrder(IReadOnlyList<OrderLine>? lines, decimal gross, decimal? discount, string? currency) =>
        lines is null || currency is null || lines.Any(line => line.Discount > line.Goods) ? null
        : lines.Count == 0 || AddUp(lines, TwinCatalog.Minor(gross, currency), TwinCatalog.Minor(discount ?? 0, currency), currency) ? lines : null;

    /// <summary>Returns the lines of a refund, which are of no use if they exceed its amount.</summary>
    public static IReadOnlyList<RefundLine> OfRefund(RefundEvent refund) =>
        refund.Lines is { } lines && refund.Amount is { } amount && refund.Currency is { } currency
        && lines.Aggregate(BigInteger.Zero, (sum, line) => sum + TwinCatalog.Minor(line.Amount, currency)) <= TwinCatalog.Minor(amount, currency) + lines.Count
            ? lines : [];

    /// <summary>Returns true if lines have the goods of an order, and no more discount than it, to a unit a line.</summary>
    public static bool AddUp(IReadOnlyList<OrderLine> lines, BigInteger gross, BigInteger discount, string currency)
    {
        BigInteger goods = 0, off = 0;
        foreach (var line in lines)
        {
            goods += TwinCatalog.Minor(line.Goods, currency);
            off += TwinCatalog.Minor(line.Discount ?? 0, currency);
        }

        return BigInteger.Abs(goods - gross) <= lines.Count && off <= discount + lines.Count;
    }

    /// <summary>Calculates the percentage of a net share after so many refunds, in hundredths of a minor unit.</summary>
    public static decimal Percentage(AgreementItem agreement, TwinConversion conversion, BigInteger net, int refunds)
    {
        var own = agreement.Commission.Rate ?? 0;
        if (conversion.Lines.Count == 0) return (decimal)net * own;
        return Divide(conversion, net, refunds).Zip(conversion.Lines, (part, line) => (decimal)part * (Rate(agreement, line) ?? 0)).Sum();
    }

    /// <summary>Calculates the part of a net share, after all refunds, that an agreement excludes.</summary>
    public static BigInteger Excluded(AgreementItem agreement, TwinConversion conversion, BigInteger net) => conversion.Lines.Count == 0 ? 0
        : Divide(conversion, net, conversion.Refunds.Count).Zip(conversion.Lines, (part, line) => Rate(agreement, line) is null ? part : 0)
            .Aggregate(BigInteger.Zero, BigInteger.Add);

    /// <summary>Returns true if an agreement excludes every line that is worth something.</summary>
    public static bool ExcludesAll(AgreementItem agreement, TwinConversion conversion)
    {
        var worth = conversion.Lines.Where(line => line.Goods > (line.Discount ?? 0)).ToList();
        if (worth.Count == 0) worth = [.. conversion.Lines];
        return worth.Count > 0 && worth.TrueForAll(line => Rate(agreement, line) is null);
    }

    private static List<BigInteger> Divide(TwinConversion conversion, BigInteger net, int refunds)
    {
        var currency = conversion.Currency!;
        var rest = TwinShares.Split(
            conversion.Gross - conversion.Discount,
            [.. conversion.Lines.Select(line => TwinCatalog.Minor(line.Goods - (line.Discount ?? 0), currency))]).ToList();
        foreach (var refund in conversion.Refunds.Take(refunds))
        {
            var back = rest.ConvertAll(_ => BigInteger.Zero);
            foreach (var line in refund.Lines)
            {
                var open = TwinCatalog.Minor(line.Amount, currency);
                var byId = Enumerable.Range(0, rest.Count).Where(i => line.Id is not null && conversion.Lines[i].Id == line.Id).ToList();
                var meant = byId.Count > 0 ? byId
                    : Enumerable.Range(0, rest.Count).Where(i => line.Product is not null && Same(conversion.Lines[i].Product, line.Product)).ToList();
                foreach (var i in meant)
                {
                    var taken = BigInteger.Min(open, rest[i] - back[i]);
                    back[i] += taken;
                    open -= taken;
                }
            }

            var named = back.Aggregate(BigInteger.Zero, BigInteger.Add);
            if (named > refund.Amount) back = [.. TwinShares.Split(refund.Amount, back)];
            else back = [.. TwinShares.Split(refund.Amount - named, [.. rest.Zip(back, BigInteger.Subtract)]).Zip(back, BigInteger.Add)];
            rest = [.. rest.Zip(back, BigInteger.Subtract)];
        }

        return [.. TwinShares.Split(net, rest)];
    }

    /// <summary>Returns the rate of a line: its product's, else its category's, else the agreement's; null if excluded.</summary>
    private static decimal? Rate(AgreementItem agreement, OrderLine line)
    {
        if ((agreement.ExcludedProducts ?? []).Any(name => Same(name, line.Product))) return null;
        if ((agreement.ProductRates ?? []).FirstOrDefault(rate => rate.Product is not null && Same(rate.Product, line.Product)) is { } ofProduct) return ofProduct.Rate;
        if ((agreement.ExcludedCategories ?? []).Any(name => Same(name, line.Category))) return null;
        if ((agreement.ProductRates ?? []).FirstOrDefault(rate => rate.Category is not null && Same(rate.Category, line.Category)) is { } ofCategory) return ofCategory.Rate;
        return agreement.Commission.Rate ?? 0;
    }

    private static bool Same(string? a, string? b) => a is not null && b is not null && TwinCatalog.NormalizeCode(a) == TwinCatalog.NormalizeCode(b);
}
