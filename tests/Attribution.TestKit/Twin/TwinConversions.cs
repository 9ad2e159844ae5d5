using System.Numerics;
using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>A refund that found its order: what it gives back, after the cap, in minor units of the order's currency.</summary>
internal sealed record TwinRefund(long At, DateOnly Day, bool IsCancel, BigInteger Amount);

/// <summary>The refunds of an order: those applied, and how many asked for more than was left though it stood, or for another currency.</summary>
internal sealed record TwinRefunds(IReadOnlyList<TwinRefund> Applied, int Capped, int Foreign);

/// <summary>An order, sign-up or lead as all its statements together say.</summary>
internal sealed record TwinConversion(
    string Brand, string Key, bool IsOrder, long At, DateOnly Day, string? Currency, BigInteger Gross, BigInteger Discount,
    IReadOnlyList<string> Codes, string? Customer, bool IsNewCustomer, TwinRefunds AllRefunds)
{
    public IReadOnlyList<TwinRefund> Refunds => AllRefunds.Applied;

    public bool Cancelled => Refunds.Any(refund => refund.IsCancel);
}

/// <summary>Puts conversions together from what was said of them.</summary>
internal static class TwinConversions
{
    public static IEnumerable<TwinConversion> FromPerson(List<TwinEvent> person, TwinCatalog catalog) =>
        from statement in person.Select(ReportedConversion.FromEvent).OfType<ReportedConversion>()
        group statement by statement.Key into statements
        select Create(statements.Key, [.. statements.OrderByDescending(said => said.Event, Comparer<TwinEvent>.Create(TwinEvent.Compare))], person, catalog);

    /// <summary>The time is the earliest's; each member is the greatest statement's that states it, amounts in the greatest's currency. No discount is above the gross.</summary>
    private static TwinConversion Create(string key, List<ReportedConversion> greatestFirst, List<TwinEvent> person, TwinCatalog catalog)
    {
        var brand = person[0].Brand;
        var at = greatestFirst[^1].Event.At;
        var currency = greatestFirst.Find(said => said.Currency is not null)?.Currency;
        BigInteger Latest(Func<ReportedConversion, decimal?> amount) =>
            TwinCatalog.Minor(greatestFirst.Where(said => said.Currency == currency).Select(amount).FirstOrDefault(stated => stated is not null) ?? 0, currency ?? "");
        var gross = Latest(said => said.Gross);
        var discount = BigInteger.Min(gross, Latest(said => said.Discount));
        return new(
            brand, key, greatestFirst[0].Kind == "order", at, catalog.DayOf(brand, at), currency, gross, discount,
            greatestFirst.Find(said => said.Codes is not null)?.Codes ?? [],
            greatestFirst.Find(said => said.Customer is not null)?.Customer,
            greatestFirst.Find(said => said.IsNew is not null)?.IsNew == true,
            Refunds(key, currency, gross - discount, person, catalog));
    }

    /// <summary>In order of time, each capped at what is left; a cancel gives back all of it. One in another currency is not applied.</summary>
    private static TwinRefunds Refunds(string key, string? currency, BigInteger left, List<TwinEvent> person, TwinCatalog catalog)
    {
        var applied = new List<TwinRefund>();
        var (capped, foreign) = (0, 0);
        var once =
            from happened in person
            where happened.Body is RefundEvent refund && "o:" + refund.OrderId == key
            group happened by ((RefundEvent)happened.Body).RefundId into told
            select told.Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)).Last();
        foreach (var happened in once.Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)))
        {
            var refund = (RefundEvent)happened.Body;
            var isCancel = refund.Kind == "cancel";
            if (!isCancel && refund.Currency != currency)
            {
                foreign++;
                continue;
            }

            var asked = isCancel ? left : TwinCatalog.Minor(refund.Amount ?? 0, refund.Currency!);
            if (asked > left && !applied.Exists(before => before.IsCancel)) capped++;
            var amount = BigInteger.Min(left, asked);
            left -= amount;
            applied.Add(new(happened.At, catalog.DayOf(happened.Brand, happened.At), isCancel, amount));
        }

        return new(applied, capped, foreign);
    }

    /// <summary>Counts the refunds whose order nobody spoke of, each once, on its own day.</summary>
    public static void CountWaiting(List<TwinEvent> person, TwinCatalog catalog, TwinResult books)
    {
        var orders = person.Select(ReportedConversion.FromEvent).OfType<ReportedConversion>().Select(said => said.Key).ToHashSet();
        var waiting =
            from happened in person
            where happened.Body is RefundEvent refund && !orders.Contains("o:" + refund.OrderId)
            group happened by (((RefundEvent)happened.Body).OrderId, ((RefundEvent)happened.Body).RefundId) into told
            select told.Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)).Last();
        foreach (var refund in waiting) books.Add(refund.Brand, catalog.DayOf(refund.Brand, refund.At), TwinResult.Total, "", "refundsWaiting", 1);
    }

    /// <summary>A redemption or a conversion, which say the same things.</summary>
    private sealed record ReportedConversion(
        TwinEvent Event, string Key, string Kind, string? Currency, decimal? Gross, decimal? Discount, IReadOnlyList<string>? Codes, string? Customer, bool? IsNew)
    {
        public static ReportedConversion? FromEvent(TwinEvent happened) => happened.Body switch
        {
            RedemptionEvent e => new(happened, "o:" + e.OrderId, "order", e.Currency, e.Gross, e.Discount, e.Codes, e.CustomerKey, e.IsNewCustomer),
            ConversionEvent e => new(
                happened, e.OrderId is null ? "n:" + e.ConversionId : "o:" + e.OrderId, e.Kind, e.Currency, e.Gross, e.Discount, e.Codes, e.CustomerKey, e.IsNewCustomer),
            _ => null,
        };
    }
}
