using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>
/// The effect of an order's adjustments on its goods. The protocols state money with tax, and the goods' share of it is
/// found by the lines that an adjustment names, otherwise by the order's own goods and tax. Shares are rounded so that
/// adjustments which return everything add up to all goods.
/// </summary>
internal sealed class AgenticChanges(Currency currency, AgenticTotals totals, IReadOnlyList<AgenticLine> lines)
{
    /// <summary>Id of the refund of money that the order states as refunded and that no adjustment explains.</summary>
    private const string UnlistedId = "amount_refunded";

    private readonly decimal linesNet = lines.Sum(line => line.Net);
    private readonly List<ShopRefund> refunds = [];
    private readonly List<DateTimeOffset> times = [];
    private decimal exact, rounded, stated;
    private bool isComplete = true, isShippingRefunded;

    /// <summary>Gets the refunds and chargebacks, with amounts above 0.</summary>
    public IReadOnlyList<ShopRefund> Refunds => refunds;

    /// <summary>Gets the goods that were charged afterwards, in minor units.</summary>
    public decimal Added { get; private set; }

    /// <summary>Gets the time from which nothing of the order is left to deliver; null if it was not canceled.</summary>
    public DateTimeOffset? CanceledAt { get; private set; }

    /// <summary>Gets whether there was no adjustment.</summary>
    public bool IsEmpty => times.Count == 0;

    private decimal Left => totals.Goods + Added - exact;

    /// <summary>Returns the earliest time that the order is known to have existed.</summary>
    public DateTimeOffset FindEarliest(DateTimeOffset stateAt) => times.Append(stateAt).Min();

    /// <summary>Adds an adjustment, in the order of their times.</summary>
    public void Add(AgenticAdjustment adjustment)
    {
        times.Add(adjustment.At);
        if (adjustment.Amount is { } amount) stated += Math.Abs(amount);
        else isComplete = false;
        if (adjustment is { Kind: AdjustmentKind.Cancellation, Amount: null, Goods: null, Pieces: null }) CanceledAt ??= adjustment.At;
        var goods = FindGoods(adjustment);
        if (goods > 0) Added += Math.Round(goods);
        if (goods >= 0) return;
        var kind = adjustment.Kind == AdjustmentKind.Dispute ? "chargeback" : "refund";
        if (adjustment.Currency is { } other && other != currency)
            // The engine lists it and does not apply it.
            AddRefund(adjustment.Id, adjustment.At, -goods, other, kind, []);
        else if (adjustment.Kind == AdjustmentKind.Cancellation && -goods >= Math.Floor(Left))
            CanceledAt ??= adjustment.At;
        else
            Take(adjustment.Id, adjustment.At, -goods, kind, MapLines(adjustment));
    }

    /// <summary>
    /// Adds a refund of the money that ACP's totals state as refunded and that no adjustment explains. Not if an
    /// adjustment lacks its amount, which may explain it.
    /// </summary>
    public void AddUnlisted(decimal refunded, DateTimeOffset at)
    {
        if (isComplete && refunded > stated) Take(UnlistedId, at, ShareOf(refunded - stated), "refund", []);
    }

    private void Take(string id, DateTimeOffset at, decimal goods, string kind, IReadOnlyList<RefundLine> named)
    {
        exact += Math.Min(goods, Left);
        AddRefund(id, at, Math.Round(exact) - rounded, currency, kind, named);
        rounded = Math.Round(exact);
    }

    private void AddRefund(string id, DateTimeOffset at, decimal goods, Currency unit, string kind, IReadOnlyList<RefundLine> named)
    {
        if (Math.Round(goods) is not (> 0 and var whole)) return;
        var amount = AgenticOrder.ToMajor(whole, unit);
        refunds.Add(new(id, at, unit.Code, amount, kind, ShopLines.ShareRefund(named, amount)));
    }

    /// <summary>Returns the goods of the lines that an adjustment names; empty if it names none that the order has.</summary>
    private IReadOnlyList<RefundLine> MapLines(AgenticAdjustment adjustment) =>
        [.. FindPieces(adjustment).Select(piece => new RefundLine(
            AgenticOrder.ToMajor(Math.Round(ToGoods(piece.Price)), currency), piece.Line.Id, piece.Line.Product))];

    /// <summary>Returns the goods of an adjustment with its sign.</summary>
    private decimal FindGoods(AgenticAdjustment adjustment)
    {
        if (adjustment.Goods is { } goods) return goods;
        var value = FindValue(adjustment);
        if (adjustment.Amount is not { } amount) return -(value ?? Left);
        return Math.Sign(amount) * (value is { } pieces ? ShareOf(Math.Abs(amount), pieces, adjustment.Pieces!.Count) : ShareOf(Math.Abs(amount)));
    }

    /// <summary>Returns the goods of the pieces that an adjustment names; null if it names none that the order has.</summary>
    private decimal? FindValue(AgenticAdjustment adjustment) =>
        FindPieces(adjustment) is { Count: > 0 } pieces ? ToGoods(pieces.Sum(piece => piece.Price)) : null;

    /// <summary>Returns the lines that an adjustment names with the price of the pieces; empty if the order lacks one of them.</summary>
    private List<(AgenticLine Line, decimal Price)> FindPieces(AgenticAdjustment adjustment)
    {
        if (adjustment.Pieces is not { } named || linesNet == 0) return [];
        var pieces = new List<(AgenticLine Line, decimal Price)>();
        foreach (var (id, count) in named)
        {
            if (lines.FirstOrDefault(line => line.Id == id) is not { } line) return [];
            pieces.Add((line, line.Price * count));
        }

        return pieces;
    }

    /// <summary>Returns the goods in a price: discounts on the whole order, and tax inside of prices, are in all lines alike.</summary>
    private decimal ToGoods(decimal price) => price * totals.Goods / linesNet;

    /// <summary>
    /// Returns the goods in an amount for named pieces: the pieces, if the amount is their value with or without tax or
    /// more, else its part without tax.
    /// </summary>
    private decimal ShareOf(decimal amount, decimal pieces, int count)
    {
        // Shops round the tax of each line.
        var tolerance = 1 + count;
        var taxRate = totals.Goods + totals.Shipping > 0 ? totals.Tax / (totals.Goods + totals.Shipping) : 0;
        if (pieces == 0 || (Math.Abs(amount - pieces) > tolerance && amount < (pieces * (1 + taxRate)) - tolerance)) return ShareWithoutTax(amount);
        // The price of a piece need not be whole.
        return pieces - amount < 1 ? pieces : amount;
    }

    /// <summary>
    /// Returns the goods in an amount of which only the sum is known: none if it is the shipping and not a piece of the
    /// goods, else its part without tax.
    /// </summary>
    private decimal ShareOf(decimal amount)
    {
        if (!isShippingRefunded && totals.Shipping > 0 && IsTaxed(amount, totals.Shipping)
            && !lines.Any(line => line.Price > 0 && IsTaxed(amount, line.Price)))
        {
            isShippingRefunded = true;
            return 0;
        }

        return ShareWithoutTax(amount);
    }

    private decimal ShareWithoutTax(decimal amount) =>
        totals.Goods == 0 ? 0 : amount * totals.Goods / (totals.Goods + totals.Tax);

    private bool IsTaxed(decimal amount, decimal value) =>
        amount == value || Math.Abs(amount - (value * (1 + (totals.Tax / (totals.Goods + totals.Shipping))))) <= 1;
}
