namespace Attribution.Core.Crediting;

/// <summary>
/// Shares refunds of an order's total between its goods, and its tax and shipping. Shares the running sum rather than
/// single refunds, so that an order that is paid back in full is refunded in full.
/// </summary>
/// <param name="net">The goods less discounts, in minor units.</param>
/// <param name="taxAndShipping">The tax and shipping of the order, in minor units.</param>
internal sealed class GoodsShare(long net, long taxAndShipping)
{
    private readonly long total = net + taxAndShipping;
    private long paidBack;
    private long shared;

    /// <summary>
    /// Returns the goods' share of the next refund, rounded half to even, and whether more is paid back than was paid.
    /// </summary>
    public (long Goods, bool ExceedsTotal) Next(long amount)
    {
        var exceedsTotal = amount > total - paidBack;
        paidBack = exceedsTotal ? total : paidBack + amount;
        var sum = paidBack == total ? net : (long)decimal.Round((decimal)paidBack * net / total, MidpointRounding.ToEven);
        var goods = sum - shared;
        shared = sum;
        return (goods, exceedsTotal);
    }
}
