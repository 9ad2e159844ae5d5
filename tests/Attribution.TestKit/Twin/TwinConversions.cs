using System.Numerics;
using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>An applied refund: the capped amount in minor units of the order's currency.</summary>
internal sealed record TwinRefund(long At, DateOnly Day, bool IsCancel, BigInteger Amount, IReadOnlyList<RefundLine> Lines);

/// <summary>
/// The refunds of an order: the applied ones, and the number of those that were capped or in another currency.
/// </summary>
internal sealed record TwinRefunds(IReadOnlyList<TwinRefund> Applied, int Capped, int Foreign);

/// <summary>An order, sign-up or lead, merged from all its reports.</summary>
internal sealed record TwinConversion(
    string Brand, string Key, bool IsOrder, long At, DateOnly Day, string? Currency, BigInteger Gross, BigInteger Discount,
    IReadOnlyList<string> Codes, string? Customer, IReadOnlyList<string> CustomerKeys, bool? IsNewCustomer,
    TwinRefunds AllRefunds)
{
    /// <summary>Gets the subscription that the order begins or renews.</summary>
    public string? Subscription { get; init; }

    /// <summary>Gets whether the order renews its subscription.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>Gets the payment that supplies the amounts of a free order.</summary>
    public string? FirstPayment { get; init; }

    /// <summary>Gets the place of a renewal in its subscription.</summary>
    public TwinRenewal? Renewal { get; init; }

    /// <summary>Gets the order whose evidence and agreements count.</summary>
    public TwinConversion Origin => Renewal is { First: { } first, Follows: true } ? first : this;

    /// <summary>Gets the lines that divide the net; empty if there are none that add up.</summary>
    public IReadOnlyList<OrderLine> Lines { get; init; } = [];

    /// <summary>Gets whether the customer is <c>new</c>, <c>returning</c> or <c>unknown</c>.</summary>
    public string Newness { get; init; } = "";

    public IReadOnlyList<TwinRefund> Refunds => AllRefunds.Applied;

    public bool Cancelled => Refunds.Any(refund => refund.IsCancel);
}

/// <summary>Merges the reports of conversions.</summary>
internal static class TwinConversions
{
    public static IEnumerable<TwinConversion> FromPerson(List<TwinEvent> person, TwinCatalog catalog)
    {
        var all = Merged(person, catalog).ToList();
        return all.Select(conversion => conversion with { Newness = NewnessOf(conversion, all, catalog) });
    }

    /// <summary>
    /// The shop's word decides; then an earlier order that counts under one of the customer keys; then whether the brand
    /// knows the orders of that time.
    /// </summary>
    private static string NewnessOf(TwinConversion conversion, List<TwinConversion> all, TwinCatalog catalog)
    {
        if (conversion.IsNewCustomer is { } word) return word ? "new" : "returning";
        foreach (var order in all)
            if (order is { IsOrder: true, Cancelled: false } && order.CustomerKeys.Intersect(conversion.CustomerKeys).Any()
                && (order.At < conversion.At || (order.At == conversion.At && string.CompareOrdinal(order.Key, conversion.Key) < 0)))
                return "returning";
        var isComplete = catalog.Brand(conversion.Brand).HistoryCompleteSince is not { } since || conversion.Day >= since;
        return conversion.CustomerKeys.Count > 0 && isComplete ? "new" : "unknown";
    }

    private static IEnumerable<TwinConversion> Merged(List<TwinEvent> person, TwinCatalog catalog) =>
        from report in person.Select(ReportedConversion.FromEvent).OfType<ReportedConversion>()
        group report by report.Key into reports
        select Create(
            reports.Key, [.. reports.OrderByDescending(report => report.Event, Comparer<TwinEvent>.Create(TwinEvent.CompareStates))], person, catalog);

    /// <summary>
    /// Merges reports: the earliest time; each member from the latest state that has it, amounts in the latest currency.
    /// The discount is at most the gross.
    /// </summary>
    private static TwinConversion Create(string key, List<ReportedConversion> latestFirst, List<TwinEvent> person, TwinCatalog catalog)
    {
        var brand = person[0].Brand;
        var at = latestFirst.Min(report => report.Event.At);
        var currency = latestFirst.Find(report => report.Currency is not null)?.Currency;
        BigInteger Latest(Func<ReportedConversion, decimal?> amount) =>
            TwinCatalog.Minor(
                latestFirst.Where(report => report.Currency == currency).Select(amount).FirstOrDefault(value => value is not null) ?? 0,
                currency ?? "");
        var gross = Latest(report => report.Gross);
        var discount = BigInteger.Min(gross, Latest(report => report.Discount));
        var payment = key.StartsWith("o:", StringComparison.Ordinal) && gross == discount
            ? TwinRenewals.PaymentsOf(key[2..], person).FirstOrDefault() : null;
        if (payment is not null)
            (currency, gross, discount) =
                (payment.Currency, TwinCatalog.Minor(payment.Gross ?? 0, payment.Currency!), TwinCatalog.Minor(payment.Discount ?? 0, payment.Currency!));
        return new(
            brand, key, latestFirst[0].Kind == "order", at, catalog.DayOf(brand, at), currency, gross, discount,
            latestFirst.Find(report => report.Codes is not null)?.Codes ?? [],
            latestFirst.Find(report => report.Customer is not null)?.Customer,
            [.. latestFirst.Select(report => report.Customer).OfType<string>().Distinct()],
            latestFirst.Find(report => report.IsNew is not null)?.IsNew,
            Refunds(
                refund => TwinRenewals.Find(refund.OrderId, person) is var (order, paid) && "o:" + (order ?? refund.OrderId) == key
                    && (paid is null || paid.PaymentId == payment?.PaymentId),
                currency, gross - discount, latestFirst, person, catalog))
        {
            Subscription = latestFirst.Find(report => report.Subscription is not null)?.Subscription,
            IsRenewal = latestFirst.Find(report => report.IsRenewal is not null)?.IsRenewal == true,
            FirstPayment = payment?.PaymentId,
            Lines = latestFirst.Find(report => report.Lines is not null && report.Currency == currency)?.Lines is { } lines
                && key.StartsWith("o:", StringComparison.Ordinal) && TwinLines.AddUp(lines, gross, discount, currency!) ? lines : [],
        };
    }

    /// <summary>Returns a later payment as an order of its own, with its own refunds.</summary>
    public static TwinConversion FromPayment(PaymentEvent payment, TwinConversion order, List<TwinEvent> person, TwinCatalog catalog)
    {
        var at = payment.OccurredAt.ToUnixTimeMilliseconds();
        var (gross, discount) = (TwinCatalog.Minor(payment.Gross ?? 0, payment.Currency!), TwinCatalog.Minor(payment.Discount ?? 0, payment.Currency!));
        return new(
            order.Brand, "o:" + payment.PaymentId, true, at, catalog.DayOf(order.Brand, at), payment.Currency, gross, discount, [], order.Customer, [], null,
            Refunds(
                refund => TwinRenewals.Find(refund.OrderId, person).Payment?.PaymentId == payment.PaymentId, payment.Currency, gross - discount, [], person, catalog))
        {
            Newness = "returning",
        };
    }

    /// <summary>
    /// Applies refunds in order of time, each capped at the rest; a cancellation refunds the rest. Refunds in another
    /// currency are not applied, nor are those that were taken back.
    /// </summary>
    private static TwinRefunds Refunds(
        Func<RefundEvent, bool> isOwn, string? currency, BigInteger left, List<ReportedConversion> reportsOfOrder, List<TwinEvent> person, TwinCatalog catalog)
    {
        var applied = new List<TwinRefund>();
        var (capped, foreign) = (0, 0);
        var once =
            from twinEvent in person
            where twinEvent.Body is RefundEvent refund && isOwn(refund)
            group twinEvent by ((RefundEvent)twinEvent.Body).RefundId into reports
            let counted = Standing(reports.Key, [.. reports], reportsOfOrder)
            where counted is not null
            select counted with { At = TimeOf(counted, [.. reports], reportsOfOrder) };
        foreach (var twinEvent in once.Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)))
        {
            var refund = (RefundEvent)twinEvent.Body;
            var isCancel = refund.Kind == "cancel";
            if (!isCancel && refund.Currency != currency)
            {
                foreign++;
                continue;
            }

            var requested = isCancel ? left : TwinCatalog.Minor(refund.Amount ?? 0, refund.Currency!);
            if (requested > left && !applied.Exists(before => before.IsCancel)) capped++;
            var amount = BigInteger.Min(left, requested);
            left -= amount;
            applied.Add(new(twinEvent.At, catalog.DayOf(twinEvent.Brand, twinEvent.At), isCancel, amount, isCancel ? [] : TwinLines.OfRefund(refund)));
        }

        return new(applied, capped, foreign);
    }

    /// <summary>
    /// Returns the report of a refund that counts, or null if the refund is taken back. The latest word on it decides:
    /// a report of the refund, or the list of refunds in a report of the order by a source that reported the refund.
    /// </summary>
    private static TwinEvent? Standing(string refundId, List<TwinEvent> reports, List<ReportedConversion> reportsOfOrder)
    {
        var words = Words(refundId, reports, reportsOfOrder);
        if (!words[^1].IsMade) return null;
        return words.Where(word => word.Event.Body is RefundEvent { Void: not true }).Select(word => word.Event).LastOrDefault();
    }

    /// <summary>
    /// Returns the time of a refund that counts. Reports of states restate it again and again: the earliest time since it
    /// was last taken back applies.
    /// </summary>
    private static long TimeOf(TwinEvent counted, List<TwinEvent> reports, List<ReportedConversion> reportsOfOrder)
    {
        if (((RefundEvent)counted.Body).StateAt is null) return counted.At;
        var first = long.MaxValue;
        foreach (var (word, isMade) in Words(((RefundEvent)counted.Body).RefundId, reports, reportsOfOrder))
        {
            if (!isMade) first = long.MaxValue;
            else if (word.Body is RefundEvent { StateAt: not null }) first = Math.Min(first, word.At);
            if (ReferenceEquals(word, counted)) break;
        }

        return first;
    }

    /// <summary>Returns everything said about the existence of a refund, oldest state first.</summary>
    private static List<(TwinEvent Event, bool IsMade)> Words(
        string refundId, List<TwinEvent> reports, List<ReportedConversion> reportsOfOrder)
    {
        var words = reports.Select(report => (Event: report, IsMade: ((RefundEvent)report.Body).Void != true)).ToList();
        foreach (var report in reportsOfOrder)
            if (report.RefundIds is { } named && reports.Exists(refund => refund.Source == report.Event.Source))
                words.Add((report.Event, named.Contains(refundId)));
        words.Sort((a, b) => TwinEvent.CompareStates(a.Event, b.Event));
        return words;
    }

    /// <summary>Counts the refunds without a reported order, each once, on its own day.</summary>
    public static void CountWaiting(List<TwinEvent> person, TwinCatalog catalog, TwinResult books)
    {
        var orders = person.Select(ReportedConversion.FromEvent).OfType<ReportedConversion>().Select(report => report.Key).ToHashSet();
        var waiting =
            from twinEvent in person
            where twinEvent.Body is RefundEvent refund && !orders.Contains("o:" + (TwinRenewals.Find(refund.OrderId, person).Order ?? refund.OrderId))
            group twinEvent by (((RefundEvent)twinEvent.Body).OrderId, ((RefundEvent)twinEvent.Body).RefundId) into reports
            select Standing(reports.Key.RefundId, [.. reports], []);
        foreach (var refund in waiting.OfType<TwinEvent>().Where(one => one.Body is not RefundEvent { Kind: "cancel", StateAt: not null }))
            books.Add(refund.Brand, catalog.DayOf(refund.Brand, refund.At), TwinResult.Total, "", "refundsWaiting", 1);
    }

    /// <summary>A redemption or conversion event, which have the same members.</summary>
    private sealed record ReportedConversion(
        TwinEvent Event, string Key, string Kind, string? Currency, decimal? Gross, decimal? Discount, IReadOnlyList<string>? Codes,
        string? Customer, bool? IsNew, IReadOnlyList<string>? RefundIds, string? Subscription, bool? IsRenewal,
        IReadOnlyList<OrderLine>? Lines)
    {
        public static ReportedConversion? FromEvent(TwinEvent twinEvent) => twinEvent.Body switch
        {
            RedemptionEvent e => new(twinEvent, "o:" + e.OrderId, "order", e.Currency, e.Gross, e.Discount, e.Codes, e.CustomerKey, e.IsNewCustomer, e.RefundIds, e.Subscription, e.Renewal,
                TwinLines.OfOrder(e.Lines, e.Gross, e.Discount, e.Currency)),
            ConversionEvent e => new(
                twinEvent, e.OrderId is null ? "n:" + e.ConversionId : "o:" + e.OrderId, e.Kind, e.Currency, e.Gross, e.Discount, e.Codes,
                e.CustomerKey, e.IsNewCustomer, e.RefundIds, e.Subscription, e.Renewal, TwinLines.OfOrder(e.Lines, e.Gross ?? 0, e.Discount, e.Currency)),
            _ => null,
        };
    }
}
