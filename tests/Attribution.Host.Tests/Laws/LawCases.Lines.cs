using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

/// <content>Lines of orders and refunds, and agreements with terms for products.</content>
internal sealed partial class LawCases
{
    private static readonly string[] Products = ["p1", " P1", "p2", "p3"];
    private static readonly string[] Categories = ["shoes", "Shoes", "gifts"];

    /// <summary>
    /// Gives some orders lines, of which some do not add up, names them in refunds, and adds terms for them to agreements.
    /// It has its own dice.
    /// </summary>
    private void AddLines(Random own)
    {
        if (own.Next(3) == 0) return;
        string? Any(string[] from) => own.Next(4) == 0 ? null : from[own.Next(from.Length)];
        for (var i = 0; i < items.Count; i++)
            if (items[i] is AgreementItem agreement && own.Next(4) > 0) items[i] = WithTerms(agreement);
        for (var i = 0; i < events.Count; i++)
            events[i] = events[i] switch
            {
                RedemptionEvent e when own.Next(3) > 0 => e with { Lines = Lines(e.Currency, e.Gross, e.Discount ?? 0) },
                ConversionEvent { OrderId: not null, Currency: { } currency, Gross: { } gross } e when own.Next(3) > 0 => e with { Lines = Lines(currency, gross, e.Discount ?? 0) },
                RefundEvent { Currency: { } currency, Amount: { } amount } e when own.Next(2) == 0 => e with { Lines = RefundLines(currency, amount) },
                var other => other,
            };

        AgreementItem WithTerms(AgreementItem agreement) => agreement with
        {
            ExcludedProducts = own.Next(3) == 0 ? ["P2 "] : null,
            ExcludedCategories = own.Next(3) == 0 ? ["gifts"] : null,
            ProductRates = agreement.Tiers is { Count: > 0 } || own.Next(3) == 0 ? null
                : own.Next(2) == 0 ? [new(own.Next(40), "p1"), new(12.5m, Category: "shoes")] : [new(0, Category: "SHOES"), new(33.333333m, "p3")],
        };

        OrderLine[] Lines(string currency, decimal gross, decimal discount)
        {
            if (own.Next(12) == 0) return [];
            var unit = Major(1, currency);
            var (count, goods, off) = (own.Next(1, 5), (long)(gross / unit), (long)(discount / unit));
            var lines = new OrderLine[count];
            for (var i = 0; i < count; i++)
            {
                var part = i == count - 1 ? goods : own.NextInt64(goods + 1);
                var less = Math.Min(part, own.Next(3) == 0 ? 0 : i == count - 1 ? off : own.NextInt64(off + 1));
                (goods, off) = (goods - part, off - less);
                if (own.Next(8) == 0) part += own.Next(3);
                if (own.Next(40) == 0) part += 7;
                lines[i] = new(Big(part, unit), Any(Products), Any(Categories), own.Next(4) == 0 ? 1.5m : null, less == 0 && own.Next(2) == 0 ? null : Big(less, unit), own.Next(3) == 0 ? null : $"l{i}");
            }

            return lines;
        }

        RefundLine[] RefundLines(string currency, decimal amount)
        {
            var unit = Major(1, currency);
            var left = (long)(amount / unit);
            return [.. Enumerable.Range(0, own.Next(1, 4)).Select(_ =>
            {
                var part = own.NextInt64(left + 1);
                if (own.Next(20) > 0) left -= part;
                return new RefundLine(Big(part, unit), own.Next(2) == 0 ? $"l{own.Next(4)}" : null, Products[own.Next(Products.Length)]);
            })];
        }

        static decimal Big(long minor, decimal unit) => minor * unit;
    }
}
