namespace Attribution.Host.Ingest.Webhooks.WooCommerce;

/// <summary>The sums that whole pieces of an order's lines can have, rounded as the shop rounds them.</summary>
internal sealed class PieceSums
{
    // An order with more sums than this has a piece for nearly every amount, so that a match means nothing.
    private const int MaxSums = 4_096;

    private readonly HashSet<decimal> sums;

    private PieceSums(HashSet<decimal> sums) => this.sums = sums;

    /// <summary>Computes the sums of some pieces of each line; null when there are too many.</summary>
    /// <param name="lines">The order's lines.</param>
    /// <param name="currency">Its currency, to whose decimals the shop rounds.</param>
    /// <param name="withTax">True for the sums with the lines' tax.</param>
    public static PieceSums? FromLines(IReadOnlyList<WebhookPayload> lines, string currency, bool withTax = false)
    {
        var sums = new HashSet<decimal> { 0 };
        foreach (var line in lines)
        {
            var (total, pieces) = (line.AmountOrZero("total"), line.AmountOrZero("quantity"));
            if (pieces < 1) continue;
            if (withTax) total += line.AmountOrZero("total_tax");
            if (sums.Count * (pieces + 1) > MaxSums) return null;
            foreach (var before in sums.ToList())
                for (var taken = 1; taken <= pieces; taken++)
                    sums.Add(before + (ShopEventMapper.Round(total * taken / pieces, currency) ?? 0));
        }

        return new(sums);
    }

    /// <summary>Returns whether some pieces have the sum.</summary>
    public bool Contains(decimal sum) => sums.Contains(sum);
}
