using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The merged reports and refunds of one conversion, before any credit is given. Money in minor units of the brand's
/// currency.
/// </summary>
internal sealed record ConversionFacts
{
    public required string Key { get; init; }
    public required ConversionKind Kind { get; init; }
    public required Timestamp At { get; init; }
    public required DateOnly Day { get; init; }
    public required IReadOnlyList<string> Codes { get; init; }
    public required string? CustomerKey { get; init; }

    /// <summary>Gets the subscription; null if none was reported.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>True if the order was reported as a renewal of a subscription.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>Gets the payment whose amounts a free order has; null if it has its own.</summary>
    public string? FirstPayment { get; init; }

    /// <summary>
    /// Gets the place of a renewal in its subscription, which depends on other orders, so <see cref="Renewals"/> supplies
    /// it; null if the conversion is no renewal.
    /// </summary>
    public Renewal? Renewal { get; init; }

    /// <summary>Gets the conversion whose touches and codes earn this one: the first order of a subscription, or itself.</summary>
    public ConversionFacts Origin => Renewal is { FollowsFirstOrder: true, FirstOrder: { } first } ? first : this;

    /// <summary>
    /// Gets what is known of the customer. It depends on the customer's other orders, so <see cref="CustomerHistory"/>
    /// supplies it.
    /// </summary>
    public KnownCustomer Customer { get; init; }

    /// <summary>Gets the local day of the first cancellation; null if the order was not canceled.</summary>
    public required DateOnly? CanceledOn { get; init; }

    /// <summary>
    /// Gets the currency whose exchange rate is missing, so that the money is not counted yet; null if no rate is
    /// missing.
    /// </summary>
    public required string? MissingRateCurrency { get; init; }

    /// <summary>Gets the rate by which amounts were converted, if it is fixed by law; otherwise null.</summary>
    public AppliedFixedRate? FixedRate { get; init; }

    public required long Gross { get; init; }
    public required long Discount { get; init; }

    /// <summary>Gets the applied refunds by local day, in order of days.</summary>
    public required ImmutableArray<DayAmount> RefundDays { get; init; }

    /// <summary>Gets the lines that divide the net; null if it has none, or none that add up.</summary>
    public OrderLines? Lines { get; init; }

    /// <summary>Gets every reported refund with its outcome; amounts in the order's own currency.</summary>
    public required ImmutableArray<AppliedRefund> Refunds { get; init; }

    /// <summary>Returns the number of refunds with an outcome.</summary>
    public int CountOf(RefundOutcome outcome)
    {
        var count = 0;
        foreach (var refund in Refunds)
            if (refund.Outcome == outcome)
                count++;
        return count;
    }

    /// <summary>Merges the reports of a journey into conversions, ordered by key (ordinal).</summary>
    /// <param name="journey">The journey.</param>
    /// <param name="brand">The journey's brand.</param>
    /// <param name="catalog">Supplies the exchange rates.</param>
    /// <param name="isWanted">Selects conversions by key; null selects all.</param>
    public static IEnumerable<ConversionFacts> FromJourney(
        Journey journey, BrandSettings brand, CatalogSnapshot catalog, Func<string, bool>? isWanted = null)
    {
        if (journey.ReportedConversions.IsEmpty) return [];
        var payments = OrderPayments.FromJourney(journey);
        var refundsByOrder = journey.ReportedRefunds.ToLookup(
            refund => payments is null ? refund.OrderId : payments.Find(refund.OrderId).OrderId, StringComparer.Ordinal);
        return journey.ReportedConversions
            .GroupBy(IdentityRules.ConversionKey, StringComparer.Ordinal)
            .Where(group => isWanted?.Invoke(group.Key) ?? true)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Merge(
                group.Key, [.. group], refundsByOrder[group.First().ConversionId], payments, brand, catalog));
    }

    /// <summary>
    /// Merges the reports of one conversion, which are ordered by (time, source, id). The time is the earliest; every
    /// other member comes from the report with the latest state that has it.
    /// </summary>
    private static ConversionFacts Merge(
        string key, List<ReportedConversion> reports, IEnumerable<ReportedRefund> refunds, OrderPayments? payments,
        BrandSettings brand, CatalogSnapshot catalog)
    {
        T? Latest<T>(Func<ReportedConversion, T?> member)
        {
            for (var i = reports.Count - 1; i >= 0; i--)
                if (member(reports[i]) is { } value)
                    return value;
            return default;
        }

        var at = reports[0].At;
        if (reports.Exists(report => report.StateAt is not null)) reports.Sort(EventOrder.CompareStates);
        var kind = reports[^1].Kind;
        var currency = Latest(report => report.Currency);
        var gross = Latest(report => report.Currency == currency ? report.Gross : null) ?? 0;
        var discount = Math.Min(gross, Latest(report => report.Currency == currency ? report.Discount : null) ?? 0);
        var extras = Latest(report => report.Currency == currency ? report.TaxAndShipping : null) ?? 0;
        // A free order, such as a trial, is worth its first payment.
        var payment = kind == ConversionKind.Order && gross == discount
            ? payments?.PaymentsOf(reports[0].ConversionId).FirstOrDefault() : null;
        if (payment is not null)
            (currency, gross, discount, extras) = (payment.Currency, payment.Gross, payment.Discount, payment.TaxAndShipping);
        var refunded = kind == ConversionKind.Order
            ? AppliedRefunds.Apply(
                [.. refunds], reports, currency, gross - discount, extras, brand.Calendar,
                refund => payments?.Find(refund.OrderId).Payment is not { } paid || paid.PaymentId == payment?.PaymentId)
            : AppliedRefunds.None;
        return Create(
            key, kind, at, currency, gross, discount, refunded, Latest(report => report.CustomerKey), brand, catalog) with
        {
            Codes = Latest(report => report.Codes) ?? [],
            SubscriptionId = Latest(report => report.SubscriptionId),
            IsRenewal = Latest(report => report.IsRenewal) == true,
            FirstPayment = payment?.PaymentId,
            Lines = kind == ConversionKind.Order
                ? OrderLines.Create(Latest(report => report.Currency == currency ? report.Lines : null), gross, discount, refunded) : null,
        };
    }

    /// <summary>Returns a later payment of an order as an order of its own, of the same customer and without codes.</summary>
    /// <param name="payment">The payment, with amounts.</param>
    /// <param name="order">The order.</param>
    /// <param name="refunds">The refunds of the payment.</param>
    /// <param name="brand">The brand.</param>
    /// <param name="catalog">Supplies the exchange rates.</param>
    public static ConversionFacts FromPayment(
        ReportedPayment payment, ConversionFacts order, IReadOnlyCollection<ReportedRefund> refunds, BrandSettings brand,
        CatalogSnapshot catalog)
    {
        var refunded = AppliedRefunds.Apply(
            refunds, [], payment.Currency, payment.Gross - payment.Discount, payment.TaxAndShipping, brand.Calendar, _ => true);
        return Create(
            IdentityRules.OrderAlias(payment.PaymentId), ConversionKind.Order, payment.At, payment.Currency, payment.Gross, payment.Discount,
            refunded, order.CustomerKey, brand, catalog) with
        {
            Customer = new(CustomerStatus.Returning, false, order.At),
        };
    }

    /// <summary>Converts the money of a conversion into the brand's currency.</summary>
    private static ConversionFacts Create(
        string key, ConversionKind kind, Timestamp at, string? currency, long gross, long discount, AppliedRefunds refunded,
        string? customerKey, BrandSettings brand, CatalogSnapshot catalog)
    {
        var (day, refundDays) = (brand.Calendar.DayOf(at), refunded.Days);
        var rate = currency is null ? 1
            : UsableRateOrNull(catalog.FindRate(currency, brand, day), gross, Currency.Parse(currency), brand.Currency);
        if (rate is { } known && currency is not null && currency != brand.Currency.Code)
            (gross, discount, refundDays) = Convert(
                gross, discount, refundDays, Currency.Parse(currency), brand.Currency, known);
        else if (rate is null)
            (gross, discount, refundDays) = (0, 0, []);

        return new()
        {
            Key = key,
            Kind = kind,
            At = at,
            Day = day,
            Codes = [],
            CustomerKey = customerKey,
            CanceledOn = refunded.CanceledOn,
            MissingRateCurrency = rate is null ? currency : null,
            FixedRate = rate is { } used && currency is not null && catalog.FindFixedRates(currency, brand, day) is { IsEmpty: false } laws
                ? new(currency, brand.Currency.Code, used, laws) : null,
            Gross = gross,
            Discount = discount,
            RefundDays = refundDays,
            Refunds = refunded.All,
        };
    }

    /// <summary>
    /// Returns null for a rate that would convert the amount beyond the largest countable one: the rate counts as
    /// missing.
    /// </summary>
    private static decimal? UsableRateOrNull(decimal? rate, long gross, Currency from, Currency to) =>
        rate is { } known && to.CanConvert(from.ToMajor(gross), known) ? rate : null;

    /// <summary>
    /// Converts running sums rather than single refunds, so that an order refunded in full is refunded in full in both
    /// currencies.
    /// </summary>
    private static (long Gross, long Discount, ImmutableArray<DayAmount> RefundDays) Convert(
        long gross, long discount, ImmutableArray<DayAmount> refundDays, Currency from, Currency to, decimal rate)
    {
        long In(long minor) => to.ToNearestMinor(from.ToMajor(minor) * rate);
        var net = In(gross) - In(discount);
        var (sum, converted) = (0L, 0L);
        var days = ImmutableArray.CreateBuilder<DayAmount>(refundDays.Length);
        foreach (var (day, amount) in refundDays)
        {
            sum += amount;
            var upTo = sum == gross - discount ? net : Math.Min(net, In(sum));
            days.Add(new(day, upTo - converted));
            converted = upTo;
        }

        return (In(gross), In(discount), days.ToImmutable());
    }
}
