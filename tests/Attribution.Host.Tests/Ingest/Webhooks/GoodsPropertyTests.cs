using System.Text.Json.Nodes;

namespace Attribution.Host.Tests.Ingest.Webhooks;

/// <summary>
/// 10,000 random orders of each vendor, built from what the buyer paid for goods. Whatever else an order contains, its
/// net is that amount, never more; refunds take off at most that amount, and a full refund takes off all of it. Its lines
/// add up.
/// </summary>
public sealed class GoodsPropertyTests
{
    private const int OrderCount = 10_000;

    [Fact]
    public void Net_of_Shopify_orders_is_what_goods_cost()
    {
        for (var seed = 1; seed <= OrderCount; seed++)
        {
            var random = new Random(seed);
            var taxInside = random.Next(2) == 0;
            var (lines, refundLines) = (new JsonArray(), new JsonArray());
            var (goods, returned) = (0m, 0m);
            var count = random.Next(1, 5);
            for (var i = 0; i < count; i++)
            {
                var (price, quantity) = (Cents(random, 20_000), random.Next(1, 4));
                var discount = random.Next(3) == 0 ? Math.Min(price * quantity, Cents(random, 10_000)) : 0;
                var paid = (price * quantity) - discount;
                var tax = random.Next(3) == 0 ? 0 : Math.Round(taxInside ? paid - (paid / 1.19m) : paid * 0.19m, 2);
                var line = new JsonObject
                {
                    ["id"] = i + 1, ["price"] = Text(price), ["quantity"] = quantity, ["gift_card"] = false,
                    ["tax_lines"] = new JsonArray(new JsonObject { ["price"] = Text(tax), ["rate"] = 0.19 }),
                    ["discount_allocations"] = new JsonArray(new JsonObject { ["amount"] = Text(discount) }),
                };
                var kind = i == 0 ? 9 : random.Next(10);
                if (kind == 0) line["gift_card"] = true;
                if (kind == 1) line["tip_payment_gateway"] = null;
                lines.Add(line);
                var net = taxInside ? paid - tax : paid;
                if (kind > 1) goods += net;
                if (random.Next(2) != 0) continue;
                refundLines.Add(new JsonObject { ["line_item_id"] = i + 1, ["subtotal"] = paid, ["total_tax"] = tax });
                if (kind > 1) returned += net;
            }

            // Money kept back or given beyond the lines, with or without the kind, and shipping.
            var kept = random.Next(3) == 0 ? Cents(random, 8_000) - 40 : 0;
            var adjustments = new JsonArray();
            if (kept != 0) adjustments.Add(new JsonObject { ["amount"] = Text(kept), ["tax_amount"] = "0.00" });
            if (kept != 0 && random.Next(2) == 0) adjustments[0]!["kind"] = "refund_discrepancy";
            if (random.Next(4) == 0) adjustments.Add(new JsonObject { ["amount"] = "-4.90", ["kind"] = "shipping_refund" });
            var order = SampleOrders.Shopify().With(new JsonObject
            {
                ["taxes_included"] = taxInside, ["line_items"] = lines,
                ["refunds"] = new JsonArray(new JsonObject { ["id"] = 7, ["created_at"] = "2026-11-21T10:00:00Z", ["refund_line_items"] = refundLines, ["order_adjustments"] = adjustments }),
            });
            var mapped = MappedShopOrder.From("shopify", "orders/updated", order);
            (mapped.Gross - mapped.Discount).ShouldBe(goods, $"seed {seed}: {order.ToJsonString()}");
            mapped.UnusedLines.ShouldBeEmpty($"seed {seed}: {order.ToJsonString()}");
            (mapped.Discount <= mapped.Gross && mapped.Net >= 0 && mapped.Net <= goods).ShouldBeTrue($"seed {seed}: {order.ToJsonString()}");
            if (kept == 0) mapped.Refunds.ShouldBe(returned, $"seed {seed}: {order.ToJsonString()}");
            else if (kept > 0) mapped.Refunds.ShouldBeLessThanOrEqualTo(returned, $"seed {seed}: {order.ToJsonString()}");
            else mapped.Refunds.ShouldBeGreaterThanOrEqualTo(Math.Min(goods, returned), $"seed {seed}: {order.ToJsonString()}");
        }
    }

    [Fact]
    public void Net_of_WooCommerce_orders_is_what_goods_cost()
    {
        for (var seed = 1; seed <= OrderCount; seed++)
        {
            var random = new Random(seed);
            var rate = random.Next(3) == 0 ? 0 : 0.19m;
            var lines = new JsonArray();
            var (total, tax) = (0m, 0m);
            var count = random.Next(1, 5);
            for (var i = 0; i < count; i++)
            {
                var subtotal = Cents(random, 20_000);
                var paid = random.Next(4) switch { 0 => Math.Max(0, subtotal - Cents(random, 10_000)), 1 => subtotal + Cents(random, 500), _ => subtotal };
                lines.Add(new JsonObject { ["quantity"] = random.Next(1, 4), ["subtotal"] = Text(subtotal), ["total"] = Text(paid) });
                total += paid;
            }

            var fees = Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(2) == 0 ? Cents(random, 1_500) : -Cents(random, 5_000)).ToList();
            var shipping = random.Next(2) == 0 ? 0 : Cents(random, 1_000);
            var goods = Math.Max(0, total + fees.Where(fee => fee < 0).Sum());
            var others = shipping + fees.Where(fee => fee > 0).Sum();
            tax = Math.Round((goods + others) * rate, 2);
            var due = Math.Max(0, total + fees.Sum()) + shipping + tax;
            var card = random.Next(5) == 0 ? Math.Min(due, Cents(random, 5_000)) : 0;
            var given = Enumerable.Range(0, random.Next(4)).Select(_ => Math.Round(due * random.Next(1, 50) / 100, 2)).ToList();
            var isFull = random.Next(3) == 0 && due > 0;
            if (isFull) given.Add(due - Math.Min(due, given.Sum()));
            var order = SampleOrders.WooCommerce().With(new JsonObject
            {
                ["line_items"] = lines, ["total"] = Text(due - card), ["total_tax"] = Text(tax), ["shipping_total"] = Text(shipping),
                ["fee_lines"] = new JsonArray([.. fees.Select(fee => new JsonObject { ["total"] = Text(fee) })]),
                ["refunds"] = new JsonArray([.. given.Select((amount, i) => new JsonObject { ["id"] = i + 1, ["total"] = Text(-amount) }).Reverse()]),
            });
            var mapped = MappedShopOrder.From("woocommerce", "order.updated", order);
            (mapped.Gross - mapped.Discount).ShouldBe(goods, $"seed {seed}: {order.ToJsonString()}");
            mapped.UnusedLines.ShouldBeEmpty($"seed {seed}: {order.ToJsonString()}");
            var refunds = mapped.Events.Where(one => (string?)one["type"] == "refund").Sum(one => decimal.Parse((string)one["amount"]!, CultureInfo.InvariantCulture));
            (mapped.Discount <= mapped.Gross && refunds <= goods).ShouldBeTrue($"seed {seed}: {order.ToJsonString()}");
            if (isFull && others + total + fees.Sum() >= goods) refunds.ShouldBe(goods, $"seed {seed}: {order.ToJsonString()}");
        }
    }

    private static decimal Cents(Random random, int limit) => random.Next(1, limit + 1) / 100m;

    private static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
