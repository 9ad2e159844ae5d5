using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks;

/// <summary>
/// Rules for the lines of shops' orders and refunds. They divide an order by product and never refuse it. An unusable
/// number of a product is left out. An event that cannot hold its lines has none.
/// </summary>
internal static class ShopLines
{
    private const string Pointer = "/lines";

    // Greater quantities, and further decimals, have no meaning in an event.
    private const decimal MaxQuantity = 1_000_000_000;
    private const int QuantityDecimals = 3;

    // The longest id of an event, which is created from its other members.
    private const int IdBytes = 1024;

    /// <summary>Creates a line of an order. Neither its goods nor its discount can be below 0.</summary>
    /// <param name="id">The shop's id of the line.</param>
    /// <param name="product">The SKU, otherwise the id of the product.</param>
    /// <param name="quantity">The number of pieces; null if it is not known.</param>
    /// <param name="goods">The goods before discounts, without tax.</param>
    /// <param name="discount">The discount on the line.</param>
    public static OrderLine Create(string? id, string? product, decimal? quantity, decimal goods, decimal discount)
    {
        var before = Math.Max(0, goods);
        decimal? pieces = quantity is >= 0 and <= MaxQuantity ? decimal.Round(quantity.Value, QuantityDecimals) : null;
        return new(before, product, Quantity: pieces, Discount: Math.Clamp(discount, 0, before), Id: id);
    }

    /// <summary>
    /// Returns the lines of a refund; null if it names none. An amount that the shop kept back lowers each of them.
    /// </summary>
    /// <param name="lines">The lines with what they cost.</param>
    /// <param name="amount">The amount of the refund.</param>
    public static IReadOnlyList<RefundLine>? ShareRefund(IEnumerable<RefundLine> lines, decimal amount)
    {
        var named = lines.Where(line => line.Amount > 0 && (line.Id ?? line.Product) is not null).ToList();
        var sum = named.Sum(line => line.Amount);
        return named.Count == 0 ? null
            : sum <= amount ? named
            : [.. named.Select(line => line with { Amount = line.Amount * (amount / sum) })];
    }

    /// <summary>Rounds the lines of an order to the currency's decimals.</summary>
    public static IReadOnlyList<OrderLine>? Round(IReadOnlyList<OrderLine>? lines, string? currency) =>
        lines is null ? null : [.. lines.Select(line => line with
        {
            Goods = ShopEventMapper.Round(line.Goods, currency)!.Value, Discount = ShopEventMapper.Round(line.Discount, currency),
        })];

    /// <summary>Rounds the lines of a refund to the currency's decimals.</summary>
    public static IReadOnlyList<RefundLine>? Round(IReadOnlyList<RefundLine>? lines, string? currency) =>
        lines is null ? null : [.. lines.Select(line => line with { Amount = ShopEventMapper.Round(line.Amount, currency)!.Value })];

    /// <summary>Returns the order, without lines if an event cannot hold them, which is noted.</summary>
    public static ConversionEvent Fit(ConversionEvent order, List<EventFault> leftOut)
    {
        if (order.Lines is not { Count: > 0 } lines) return order;
        if (FindFault(lines.Count, JsonSerializer.SerializeToUtf8Bytes(order, ContractsJson.Default.ConversionEvent)) is not { } fault)
            return order;
        leftOut.Add(fault);
        // The state is complete: it also removes the lines of earlier ones.
        return order with { Lines = [] };
    }

    /// <summary>Returns the refund, without lines if an event cannot hold them, which is noted.</summary>
    public static RefundEvent Fit(RefundEvent refund, List<EventFault> leftOut)
    {
        if (refund.Lines is not { Count: > 0 } lines) return refund;
        if (FindFault(lines.Count, JsonSerializer.SerializeToUtf8Bytes(refund, ContractsJson.Default.RefundEvent)) is not { } fault)
            return refund;
        leftOut.Add(fault);
        return refund with { Lines = null };
    }

    private static EventFault? FindFault(int count, byte[] json) =>
        count > EventLimits.Lines ? new(RejectionReason.TooLong, Pointer, $"has more than {EventLimits.Lines} lines.")
        : json.Length > EventLimits.Bytes - IdBytes
            ? new(RejectionReason.TooLong, Pointer, $"has lines with which the event is longer than {EventLimits.Bytes} bytes.")
        : null;
}
