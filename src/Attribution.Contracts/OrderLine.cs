using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>
/// A line of an order. Lines divide the order's net and never change it. They count if they add up: their goods to the
/// order's gross, their discounts to at most its discount, each to one minor unit per line. Otherwise the order is
/// accepted without them.
/// </summary>
/// <param name="Goods">The goods of the line before discounts, in major units, without tax and shipping.</param>
/// <param name="Product">The shop's number of the product, 1 to 128 characters. Compared trimmed and case-insensitively.</param>
/// <param name="Category">The product's category, 1 to 128 characters. Compared trimmed and case-insensitively.</param>
/// <param name="Quantity">Number of units, with at most 3 decimals. Absent: 1.</param>
/// <param name="Discount">
/// The discount on the line, in major units, without tax. Absent: 0. Never above <paramref name="Goods"/>. All lines
/// share the part of the order's discount that no line has.
/// </param>
/// <param name="Id">The shop's id of the line, 1 to 128 characters, by which refunds may name it.</param>
public sealed record OrderLine(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Goods,
    string? Product = null, string? Category = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Quantity = null,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal? Discount = null,
    string? Id = null);

/// <summary>
/// The part of a refund that gives back a line of the order. Lines count if they add up to at most the refund's amount,
/// to one minor unit per line. Otherwise the refund is accepted without them.
/// </summary>
/// <param name="Amount">The refunded goods of the line, in major units, without tax and shipping.</param>
/// <param name="Id">The id of the order's line. This or <paramref name="Product"/> is required.</param>
/// <param name="Product">The product, if the line's id is absent or no line has it.</param>
public sealed record RefundLine(
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    decimal Amount,
    string? Id = null, string? Product = null);
