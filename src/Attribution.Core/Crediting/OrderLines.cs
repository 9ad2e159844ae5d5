using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// The lines of an order, which divide its net exactly: before refunds by their goods less discounts, and after the
/// refunds of each day by what is left of them. A refund lowers the lines that it names first, and by the rest of its
/// amount all lines by what is left of them. Immutable.
/// </summary>
internal sealed class OrderLines
{
    // In minor units of the order's currency: what is left of each line before refunds, and after those of each day.
    private readonly List<long[]> left = [];
    private readonly long[] discounts;

    private OrderLines(IReadOnlyList<ReportedLine> lines, long gross, long discount, AppliedRefunds refunds)
    {
        Reported = lines;
        var rest = LargestRemainder.Split(gross - discount, [.. lines.Select(line => line.Goods - line.Discount)]);
        discounts = [.. lines.Select((line, i) => Math.Max(0, line.Goods - rest[i]))];
        left.Add([.. rest]);
        foreach (var day in refunds.Parts.GroupBy(part => part.Day))
        {
            foreach (var part in day) Refund(rest, part);
            left.Add([.. rest]);
        }
    }

    /// <summary>Gets the lines as reported.</summary>
    public IReadOnlyList<ReportedLine> Reported { get; }

    /// <summary>Returns the lines of an order; null if it has none that add up to its amounts.</summary>
    /// <param name="lines">The lines as last reported.</param>
    /// <param name="gross">The goods before discounts, in minor units of the order's currency.</param>
    /// <param name="discount">The discount.</param>
    /// <param name="refunds">The applied refunds.</param>
    public static OrderLines? Create(IReadOnlyList<ReportedLine>? lines, long gross, long discount, AppliedRefunds refunds) =>
        lines is { Count: > 0 } && ReportedLine.AddUp(lines, gross, discount) ? new(lines, gross, discount, refunds) : null;

    /// <summary>Divides an amount of net among the lines.</summary>
    /// <param name="net">Net of the order or of a share, after the refunds of so many days, in any currency.</param>
    /// <param name="refundDays">Number of days with refunds; 0 divides the net before refunds.</param>
    public long[] DivideNet(long net, int refundDays) => LargestRemainder.Split(net, left[Math.Min(refundDays, left.Count - 1)]);

    /// <summary>Divides an amount of discount among the lines, in any currency.</summary>
    public long[] DivideDiscount(long discount) => LargestRemainder.Split(discount, discounts);

    private void Refund(long[] rest, RefundPart part)
    {
        var named = new long[rest.Length];
        foreach (var line in part.Lines ?? [])
        {
            var amount = line.Amount;
            foreach (var i in FindLines(line))
            {
                var taken = Math.Min(amount, rest[i] - named[i]);
                (named[i], amount) = (named[i] + taken, amount - taken);
            }
        }

        var sum = named.Sum();
        if (sum > part.Amount) named = LargestRemainder.Split(part.Amount, named);
        else if (sum < part.Amount)
        {
            var others = LargestRemainder.Split(part.Amount - sum, [.. rest.Select((amount, i) => amount - named[i])]);
            for (var i = 0; i < named.Length; i++) named[i] += others[i];
        }

        for (var i = 0; i < rest.Length; i++) rest[i] -= named[i];
    }

    /// <summary>Returns the lines that a refund names: by the line's id, otherwise by the product.</summary>
    private List<int> FindLines(ReportedRefundLine refunded)
    {
        List<int> found = refunded.Id is null ? [] : Find(line => line.Id == refunded.Id);
        return found.Count > 0 || ReportedLine.KeyOf(refunded.Product) is not { } product ? found
            : Find(line => ReportedLine.KeyOf(line.Product) == product);

        List<int> Find(Func<ReportedLine, bool> isWanted) => [.. Enumerable.Range(0, Reported.Count).Where(i => isWanted(Reported[i]))];
    }
}
