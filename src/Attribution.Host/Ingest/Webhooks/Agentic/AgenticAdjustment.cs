using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>
/// A completed adjustment of an order, in minor units. One that is pending or failed is none: what it was before is taken
/// back with the next state.
/// </summary>
/// <param name="Id">Its id within the order.</param>
/// <param name="At">Its time.</param>
/// <param name="Kind">Its kind; the type is an open word in both protocols.</param>
/// <param name="Amount">
/// The money with tax: negative if it was given to the buyer, positive if it was charged. Null if not stated.
/// </param>
/// <param name="Goods">The goods in it without tax, with the same sign. Null if not stated.</param>
/// <param name="Pieces">The pieces of lines that it names, by line id; null if it names none.</param>
/// <param name="Currency">ACP: its currency; null for that of the order.</param>
internal sealed record AgenticAdjustment(
    string Id, DateTimeOffset At, AdjustmentKind Kind, decimal? Amount, decimal? Goods,
    IReadOnlyList<(string Line, decimal Count)>? Pieces, Currency? Currency)
{
    /// <summary>
    /// Reads the completed adjustments of an order in the order of their times. Of several with one id, the last is its
    /// state.
    /// </summary>
    public static IReadOnlyList<AgenticAdjustment> FromOrder(AgenticProtocol protocol, WebhookPayload order, ShopEvidence evidence)
    {
        var states = new Dictionary<string, AgenticAdjustment?>(StringComparer.Ordinal);
        foreach (var adjustment in order.Objects("adjustments"))
            states[adjustment.RequiredText("id")] = Read(protocol, adjustment, evidence);
        return [.. states.Values.OfType<AgenticAdjustment>().OrderBy(one => one.At).ThenBy(one => one.Id, StringComparer.Ordinal)];
    }

    private static AgenticAdjustment? Read(AgenticProtocol protocol, WebhookPayload adjustment, ShopEvidence evidence)
    {
        var status = adjustment.RequiredText("status");
        if (status != "completed")
        {
            if (status is not ("pending" or "failed"))
                evidence.LeaveOut(
                    RejectionReason.ValueUnknown, adjustment, "status", "is not pending, completed or failed: the adjustment does not count.");
            return null;
        }

        var at = adjustment.Time("occurred_at")
            ?? throw adjustment.Unmappable(RejectionReason.MemberMissing, "occurred_at", "is missing from the adjustment.");
        var kind = FindKind(adjustment.RequiredText("type"));
        var (amount, goods) = protocol == AgenticProtocol.Acp ? (-Abs(adjustment.Minor("amount")), null) : ReadSigned(adjustment, kind);
        var pieces = adjustment.Objects("line_items")
            .Select(line => (line.RequiredText("id"), Math.Abs(line.Minor("quantity") ?? 0))).ToList();
        // Goods may come back without money.
        if (amount is null && goods is null && kind == AdjustmentKind.OfGoods) return null;
        if (amount is not null || goods is not null || pieces.Count > 0 || kind != AdjustmentKind.Money)
            return new(adjustment.RequiredText("id"), at, kind, amount, goods, pieces.Count > 0 ? pieces : null, ReadCurrency(adjustment));
        evidence.LeaveOut(
            RejectionReason.MemberMissing, adjustment, protocol == AgenticProtocol.Acp ? "amount" : "totals",
            "is missing, and no lines are named: the adjustment does not count.");
        return null;
    }

    private static Currency? ReadCurrency(WebhookPayload adjustment) => adjustment.Text("currency") is not { } code ? null
        : Core.Values.Currency.TryParse(code.ToUpperInvariant(), out var currency) ? currency
        : throw adjustment.Unmappable(RejectionReason.CurrencyUnknown, "currency", "is not an ISO 4217 currency with minor units.");

    /// <summary>
    /// Reads UCP's totals of an adjustment. The sign of the total tells the direction; the schema allows no other entry
    /// but a discount to be negative. Goods are the subtotal after discounts, or the total less tax and everything else
    /// that is named. A total alone includes its tax.
    /// </summary>
    private static (decimal? Amount, decimal? Goods) ReadSigned(WebhookPayload adjustment, AdjustmentKind kind)
    {
        var entries = AgenticTotals.ReadEntries(adjustment);
        if (entries.Count == 0) return (null, null);
        var (total, subtotal) = (entries["total"].Sum(), entries["subtotal"].Sum());
        var sign = total != 0 ? Math.Sign(total)
            : entries.Any(entry => entry.Any(amount => amount < 0) && entry.Key is not ("discount" or "items_discount")) ? -1
            : kind == AdjustmentKind.OfGoods ? 1 : -1;
        if (entries.Contains("subtotal"))
            return (null, sign * Math.Max(0, Math.Abs(subtotal) - AgenticTotals.SumOf(entries, "items_discount") - AgenticTotals.SumOf(entries, "discount")));
        var others = entries.Where(entry => entry.Key is not ("total" or "discount" or "items_discount")).ToList();
        if (others.Count == 0) return (total, null);
        return (null, sign * Math.Max(0, Math.Abs(total) - others.Sum(entry => entry.Sum(amount => Math.Abs(amount)))));
    }

    private static AdjustmentKind FindKind(string type) => type.ToLowerInvariant() switch
    {
        "dispute" or "chargeback" => AdjustmentKind.Dispute,
        "cancellation" or "cancelation" or "cancel" => AdjustmentKind.Cancellation,
        "return" or "exchange" => AdjustmentKind.OfGoods,
        _ => AdjustmentKind.Money,
    };

    private static decimal? Abs(decimal? amount) => amount is { } given ? Math.Abs(given) : null;
}

/// <summary>Kinds of adjustments.</summary>
internal enum AdjustmentKind
{
    /// <summary>Money that is given back or charged: a refund, a credit, a changed price, or a word of the shop's own.</summary>
    Money = 1,

    /// <summary>Goods that are returned or exchanged. Without an amount no money is moved.</summary>
    OfGoods,

    /// <summary>Goods that will not be delivered, or all of the order.</summary>
    Cancellation,

    /// <summary>Money that the buyer's bank took back.</summary>
    Dispute,
}
