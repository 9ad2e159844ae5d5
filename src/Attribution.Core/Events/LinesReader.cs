using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>A line of an order or refund as sent. <see cref="Amount"/> is the goods or the refunded amount.</summary>
internal readonly record struct SentLine(
    string? Id, string? Product, string? Category, decimal? Quantity, decimal? Amount, decimal? Discount);

/// <summary>
/// A reader of the lines of orders and refunds. Lines only divide an amount, so they never reject an event: those that are
/// unreadable or do not add up are left out as a whole.
/// </summary>
internal static class LinesReader
{
    private const decimal MaxQuantity = 1_000_000_000;

    /// <summary>
    /// Reads the lines of an order; null if they are absent or left out. An empty list states that it has none.
    /// </summary>
    public static IReadOnlyList<ReportedLine>? ReadOrderLines<TFields>(
        ref TFields fields, Currency? currency, long? gross, long? discount)
        where TFields : struct, IEventFields, allows ref struct
    {
        if (fields.ReadLines(EventMember.Lines) is not { } sent || currency is not { } unit || gross is not { } total) return null;
        var lines = new List<ReportedLine>(sent.Count);
        foreach (var line in sent)
        {
            var pointer = $"{EventFaults.Pointer(EventMember.Lines)}/{lines.Count}";
            var (read, fault) = ReadLine(line, unit, pointer);
            if (fault is not null)
            {
                fields.LeaveOut(fault);
                return null;
            }

            lines.Add(read!);
        }

        if (lines.Count == 0 || ReportedLine.AddUp(lines, total, discount ?? 0)) return lines;
        fields.LeaveOut(new(
            RejectionReason.OutOfRange, EventFaults.Pointer(EventMember.Lines),
            $"does not add up: the lines have goods of {unit.Format(lines.Sum(line => line.Goods))} and discounts of "
            + $"{unit.Format(lines.Sum(line => line.Discount))}, the order {unit.Format(total)} and {unit.Format(discount ?? 0)}."));
        return null;
    }

    /// <summary>Reads the lines of a refund; null if they are absent or left out.</summary>
    public static IReadOnlyList<ReportedRefundLine>? ReadRefundLines<TFields>(ref TFields fields, Currency? currency, long? amount)
        where TFields : struct, IEventFields, allows ref struct
    {
        if (fields.ReadLines(EventMember.Lines) is not { Count: > 0 } sent) return null;
        if (currency is not { } unit || amount is not { } total)
        {
            fields.LeaveOut(new(
                RejectionReason.MemberNotAllowed, EventFaults.Pointer(EventMember.Lines), "divides an amount, and there is none."));
            return null;
        }

        var lines = new List<ReportedRefundLine>(sent.Count);
        foreach (var line in sent)
        {
            var pointer = $"{EventFaults.Pointer(EventMember.Lines)}/{lines.Count}";
            var (id, product) = (Text(line.Id), Text(line.Product));
            var fault = CheckMoney(line.Amount, unit, pointer + "/amount", out var given)
                ?? CheckText(id, pointer + "/id") ?? CheckText(product, pointer + "/product")
                ?? (id is null && product is null ? new(RejectionReason.MemberMissing, pointer, "has neither an id nor a product.") : null);
            if (fault is not null)
            {
                fields.LeaveOut(fault);
                return null;
            }

            lines.Add(new(id, product, given));
        }

        if (lines.Sum(line => line.Amount) - total <= lines.Count) return lines;
        fields.LeaveOut(new(
            RejectionReason.OutOfRange, EventFaults.Pointer(EventMember.Lines),
            $"adds up to {unit.Format(lines.Sum(line => line.Amount))}, but the refund's amount is {unit.Format(total)}."));
        return null;
    }

    private static (ReportedLine? Line, EventFault? Fault) ReadLine(in SentLine line, Currency unit, string pointer)
    {
        var (id, product, category) = (Text(line.Id), Text(line.Product), Text(line.Category));
        var fault = CheckText(id, pointer + "/id") ?? CheckText(product, pointer + "/product") ?? CheckText(category, pointer + "/category");
        if (fault is not null) return (null, fault);
        var quantity = line.Quantity ?? 1;
        if (quantity is < 0 or > MaxQuantity || decimal.Truncate(quantity * ReportedLine.OneUnit) != quantity * ReportedLine.OneUnit)
            return (null, new(
                RejectionReason.OutOfRange, pointer + "/quantity", "is not a number from 0 to 1000000000 with at most 3 decimals."));
        var discount = 0L;
        fault = CheckMoney(line.Amount, unit, pointer + "/goods", out var goods)
            ?? (line.Discount is null ? null : CheckMoney(line.Discount, unit, pointer + "/discount", out discount));
        if (fault is null && discount > goods)
            fault = new(RejectionReason.DiscountAboveGross, pointer + "/discount", "is greater than the goods of the line.");
        return fault is null
            ? (new(id, product, category, (long)(quantity * ReportedLine.OneUnit), goods, discount), null) : (null, fault);
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : TextNormalizer.Text(text);

    private static EventFault? CheckText(string? text, string pointer) =>
        text is not null && EventJson.Length(text) > EventLimits.Id
            ? new(RejectionReason.TooLong, pointer, $"is longer than {EventLimits.Id} characters.") : null;

    private static EventFault? CheckMoney(decimal? major, Currency unit, string pointer, out long minor)
    {
        minor = 0;
        if (major is not { } amount) return new(RejectionReason.MemberMissing, pointer, "is absent or null.");
        return amount >= 0 && unit.TryToMinor(amount, out minor) ? null
            : new(RejectionReason.OutOfRange, pointer, $"is not an amount from 0 to {unit.Format(Currency.MaxMinor)} with at most {unit.Digits} decimals.");
    }
}
