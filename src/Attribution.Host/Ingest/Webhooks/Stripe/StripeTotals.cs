namespace Attribution.Host.Ingest.Webhooks.Stripe;

/// <summary>
/// The totals of a checkout session or invoice, as stated in Stripe's smallest unit. Prices and shipping rates each
/// include their tax or not, line by line. The total and its tax include both, so the totals are enough to compute
/// goods and shipping without tax.
/// </summary>
/// <param name="Goods">Paid for goods, without tax. Not negative.</param>
/// <param name="Discount">The discount on goods as stated. With tax included, it includes tax.</param>
/// <param name="Tax">All tax, included or not.</param>
/// <param name="Shipping">Shipping without its tax.</param>
internal readonly record struct StripeTotals(decimal Goods, decimal Discount, decimal Tax, decimal Shipping)
{
    /// <summary>Gets the goods before discounts, without tax.</summary>
    public decimal Gross => Goods + Discount;

    /// <summary>Returns the totals in major units.</summary>
    public StripeTotals ToMajorUnits(string currency) => new(
        StripeMoney.ToMajorUnits(Goods, currency), StripeMoney.ToMajorUnits(Discount, currency),
        StripeMoney.ToMajorUnits(Tax, currency), StripeMoney.ToMajorUnits(Shipping, currency));

    /// <summary>Reads the totals of a session.</summary>
    public static StripeTotals FromSession(WebhookPayload session)
    {
        var details = session.Object("total_details");
        var discount = details?.AmountOrZero("amount_discount") ?? 0;
        var tax = details?.AmountOrZero("amount_tax") ?? 0;
        var shipping = GetShipping(session, details?.AmountOrZero("amount_shipping") ?? 0);
        var total = session.Amount("amount_total")
            ?? (session.AmountOrZero("amount_subtotal") - discount + tax + shipping);
        return new(Math.Max(0, total - tax - shipping), discount, tax, shipping);
    }

    /// <summary>
    /// Reads the totals of an invoice. Its subtotal includes discounts of lines; only the invoice's own are stated apart.
    /// </summary>
    public static StripeTotals FromInvoice(WebhookPayload invoice)
    {
        var total = invoice.AmountOrZero("total");
        var shipping = GetShipping(invoice, invoice.AmountOrZero("amount_shipping"));
        var tax = invoice.Amount("total_excluding_tax") is { } untaxed ? total - untaxed
            : invoice.Amount("tax") ?? SumTaxes("total_taxes") ?? SumTaxes("total_tax_amounts") ?? 0;
        var goods = Math.Max(0, total - tax - shipping);
        var subtotal = invoice.Amount("subtotal_excluding_tax") ?? 0;
        return new(goods, Math.Max(0, subtotal - goods), tax, shipping);

        decimal? SumTaxes(string list) =>
            invoice.Objects(list) is { Count: > 0 } taxes ? taxes.Sum(one => one.AmountOrZero("amount")) : null;
    }

    /// <summary>Returns the shipping without its tax.</summary>
    /// <param name="subject">A session or an invoice.</param>
    /// <param name="otherwise">The stated sum of shipping, for payloads without its tax.</param>
    private static decimal GetShipping(WebhookPayload subject, decimal otherwise)
    {
        var cost = subject.Object("shipping_cost");
        return (cost?.Amount("amount_total") ?? otherwise) - (cost?.AmountOrZero("amount_tax") ?? 0);
    }
}
