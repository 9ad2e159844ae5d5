using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>What shops' payloads become: the contracts' events, their amounts rounded to the currency's decimals (half to even).</summary>
internal static class ShopEventMapper
{
    /// <summary>Names of the visitor's and the click's id wherever a shop carries them: cart attributes, order metadata, hidden fields.</summary>
    public const string VisitorIdName = "atr_vid";

    /// <inheritdoc cref="VisitorIdName"/>
    public const string ClickIdName = "atr_cid";

    /// <summary>An order as it stands now. It is stated whole, codes included, so that the newest statement is the one that counts.</summary>
    public static MappedEvent MapOrder(ConversionEvent order)
    {
        var rounded = order with
        {
            Gross = Round(order.Gross, order.Currency),
            Discount = Round(order.Discount, order.Currency),
            Tax = Round(order.Tax, order.Currency),
            Shipping = Round(order.Shipping, order.Currency),
            CustomerKey = NullIfBlank(order.CustomerKey), VisitorId = SanitizeId(order.VisitorId), ClickId = SanitizeId(order.ClickId),
        };
        return new MappedEvent(JsonSerializer.SerializeToUtf8Bytes(rounded, ContractsJson.Default.ConversionEvent), null, order.Id);
    }

    /// <summary>Money that went back.</summary>
    public static MappedEvent MapRefund(RefundEvent refund) => new(
        JsonSerializer.SerializeToUtf8Bytes(refund with { Amount = Round(refund.Amount, refund.Currency) }, ContractsJson.Default.RefundEvent), null, refund.Id);

    /// <summary>The click's id in the address of a landing, where that is all a shop kept of it; null when there is none.</summary>
    public static string? GetClickId(string? landing) => landing is null ? null : LandingUrl.Parse(landing).ClickId;

    private static decimal? Round(decimal? amount, string? currency) =>
        amount is { } given && currency is not null && Currency.TryParse(currency, out var known) ? decimal.Round(given, known.Digits, MidpointRounding.ToEven) + known.ToMajor(0) : amount;

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>Visitor and click ids come through the buyer's hands: what cannot be one is none, and no reason to refuse an order.</summary>
    private static string? SanitizeId(string? text) => NullIfBlank(text) is { Length: <= EventLimits.Id } id && !id.Any(char.IsControl) ? id : null;
}
