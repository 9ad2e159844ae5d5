using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// Maps parts of shops' payloads to typed events. Rounds amounts to the currency's decimals, half to even.
/// </summary>
internal static class ShopEventMapper
{
    /// <summary>Name of the visitor's id in a shop's cart attributes, order metadata and hidden fields.</summary>
    public const string VisitorIdName = "atr_vid";

    /// <summary>Name of the click's id in a shop's cart attributes, order metadata and hidden fields.</summary>
    public const string ClickIdName = "atr_cid";

    /// <summary>Maps an order.</summary>
    public static MappedEvent MapOrder(ConversionEvent order) => MappedEvent.FromTyped(Round(order));

    /// <summary>Maps a refund.</summary>
    public static MappedEvent MapRefund(RefundEvent refund) => MappedEvent.FromTyped(Round(refund));

    /// <summary>Rounds the amounts of an order and removes unusable ids.</summary>
    public static ConversionEvent Round(ConversionEvent order) => order with
    {
        Gross = Round(order.Gross, order.Currency),
        Discount = RoundDiscount(order),
        Tax = Round(order.Tax, order.Currency),
        Shipping = Round(order.Shipping, order.Currency),
        Lines = ShopLines.Round(order.Lines, order.Currency),
        CustomerKey = NullIfBlank(order.CustomerKey), VisitorId = SanitizeId(order.VisitorId), ClickId = SanitizeId(order.ClickId),
    };

    /// <summary>Rounds the amounts of a refund.</summary>
    public static RefundEvent Round(RefundEvent refund) => refund with
    {
        Amount = Round(refund.Amount, refund.Currency), Lines = ShopLines.Round(refund.Lines, refund.Currency),
    };

    /// <summary>Maps a payment, or another id of an order.</summary>
    public static MappedEvent MapPayment(PaymentEvent payment) => MappedEvent.FromTyped(payment with
    {
        Gross = Round(payment.Gross, payment.Currency),
        Discount = Round(payment.Discount, payment.Currency),
        Tax = Round(payment.Tax, payment.Currency),
        Shipping = Round(payment.Shipping, payment.Currency),
    });

    /// <summary>
    /// Returns the click's id in the address of a landing, for shops that store nothing else; null when there is none.
    /// </summary>
    public static string? GetClickId(string? landing) => landing is null ? null : LandingUrl.Parse(landing).ClickId;

    /// <summary>Rounds an amount to the currency's decimals, half to even. Leaves amounts of an unknown currency.</summary>
    public static decimal? Round(decimal? amount, string? currency) =>
        amount is { } given && currency is not null && Currency.TryParse(currency, out var known)
            ? decimal.Round(given, known.Digits, MidpointRounding.ToEven)
                + known.ToMajor(0) // Adding zero sets the number of decimals.
            : amount;

    /// <summary>
    /// Rounds the discount to at most the gross amount: the tax of a fully discounted line can be a cent.
    /// </summary>
    private static decimal? RoundDiscount(ConversionEvent order)
    {
        var (discount, gross) = (Round(order.Discount, order.Currency), Round(order.Gross, order.Currency));
        return discount > gross ? gross : discount;
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>
    /// Returns a valid visitor or click id, else null. Buyers can change these ids, and an invalid one must not reject
    /// the order.
    /// </summary>
    public static string? SanitizeId(string? text) =>
        NullIfBlank(text) is { Length: <= EventLimits.Id } id && !id.Any(char.IsControl) ? id : null;
}
