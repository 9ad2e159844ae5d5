using System.Text.Json.Nodes;
using Attribution.Core.Journeys;
using Attribution.Host.Tests.Ingest.Webhooks;

namespace Attribution.Host.Tests.Ingest.Imports;

/// <summary>
/// The law of imports over random orders: an order of the export and the same order of webhooks are equal, and with both,
/// in either order of arrival, the order is what the webhooks said.
/// </summary>
public sealed class ImportedOrderLawTests
{
    private const int OrderCount = 300;

    [Fact]
    public async Task Imported_order_equals_the_same_order_of_webhooks()
    {
        for (var seed = 1; seed <= OrderCount; seed++)
        {
            var (document, rows) = RandomOrder(new Random(seed));
            var table = ShopifyExport.ToTable(rows);
            var imported = (await ShopifyExport.ReadAsync(table)).Single();
            imported.Fault.ShouldBeNull($"seed {seed}");
            byte[][] events = [.. imported.Events.Select(one => one.ToJson())];
            new MappedShopOrder([], imported.Events).UnusedLines.ShouldBeEmpty($"seed {seed}: the lines add up");

            var (byImport, byWebhook, importFirst, webhookFirst) = (new ShopJourney(), new ShopJourney(), new ShopJourney(), new ShopJourney());
            byImport.Report(1, events);
            byWebhook.Deliver("shopify", "orders/updated", document, 1);
            importFirst.Report(1, events);
            importFirst.Deliver("shopify", "orders/updated", document, 2);
            webhookFirst.Deliver("shopify", "orders/updated", document, 1);
            webhookFirst.Report(2, events);

            var context = $"seed {seed}: {document.ToJsonString()}\n{table}";
            Describe(byImport.Order).ShouldBe(Describe(byWebhook.Order), context);
            DescribeWithDays(importFirst.Order).ShouldBe(DescribeWithDays(byWebhook.Order), context);
            DescribeWithDays(webhookFirst.Order).ShouldBe(DescribeWithDays(byWebhook.Order), context);
        }
    }

    /// <summary>Describes an order but for the days of refunds, which no export states.</summary>
    private static string Describe(Conversion? order) => order is null ? "none"
        : $"{order.Key} {order.At} {order.IsCanceled} {order.Gross} {order.Discount} {order.Refunds} [{string.Join(',', order.UnmatchedCodes)}] "
            + string.Join(' ', order.Credits.Select(credit => $"{credit.Placement} {credit.Models} {credit.Micros} {credit.Gross} {credit.Discount} {credit.Refunds}"));

    private static string DescribeWithDays(Conversion? order) => $"{Describe(order)} {string.Join(',', order?.RefundDays ?? [])}";

    private static (JsonObject Document, List<(string Column, string Value)[]> Rows) RandomOrder(Random random)
    {
        var (inside, rate) = (random.Next(2) == 0, random.Next(3) == 0 ? 0m : random.Next(1, 26) / 100m);
        var lines = Enumerable.Range(1, random.Next(1, 5)).Select(id => (Id: id, Price: random.Next(1, 20_000) / 100m, Quantity: random.Next(1, 4))).ToList();
        var off = random.Next(2) == 0 ? random.Next(1, 101) / 100m : 0;
        var discounts = lines.ConvertAll(line => Math.Round(line.Price * line.Quantity * off, 2, MidpointRounding.AwayFromZero));
        var paid = lines.Select((line, i) => line.Price * line.Quantity - discounts[i]).ToList();
        var taxes = paid.ConvertAll(Tax);
        var (shipping, tip, giftCard) = (random.Next(2) == 0 ? random.Next(1, 2_000) / 100m : 0, random.Next(4) == 0 ? 7.5m : 0, random.Next(4) == 0 ? 25m : 0);
        var (subtotal, tax) = (paid.Sum() + giftCard, taxes.Sum() + Tax(shipping));
        var total = subtotal + shipping + tip + (inside ? 0 : tax);
        string[] statuses = ["paid", "paid", "refunded", "pending", "voided", "authorized", "partially_paid"];
        var status = statuses[random.Next(statuses.Length)];
        var isCanceled = random.Next(5) == 0;
        string[] codes = [.. new[] { "MIA10", "other" }.Where(_ => random.Next(2) == 0)];

        var document = SampleOrders.Shopify().With(new JsonObject
        {
            ["financial_status"] = status, ["taxes_included"] = inside, ["total_tax"] = tax, ["cancelled_at"] = isCanceled ? "2026-11-21T10:00:00Z" : null,
            ["updated_at"] = random.Next(2) == 0 ? "2026-11-20T10:00:00Z" : "2026-11-22T10:00:00Z",
            ["total_shipping_price_set"] = new JsonObject { ["shop_money"] = new JsonObject { ["amount"] = Text(shipping) } },
            ["discount_codes"] = new JsonArray([.. codes.Select(code => new JsonObject { ["code"] = code })]),
            ["note_attributes"] = new JsonArray(new JsonObject { ["name"] = "atr_vid", ["value"] = "v-77" }),
            ["line_items"] = new JsonArray(
            [
                .. lines.Select((line, i) => new JsonObject
                {
                    ["id"] = line.Id, ["price"] = Text(line.Price), ["quantity"] = line.Quantity, ["tax_lines"] = new JsonArray(new JsonObject { ["price"] = Text(taxes[i]), ["rate"] = rate }),
                    ["discount_allocations"] = new JsonArray(new JsonObject { ["amount"] = Text(discounts[i]) }),
                }),
                .. giftCard > 0 ? [new JsonObject { ["id"] = 8, ["price"] = Text(giftCard), ["quantity"] = 1, ["gift_card"] = true }] : (JsonObject[])[],
                .. tip > 0 ? [new JsonObject { ["id"] = 9, ["price"] = Text(tip), ["quantity"] = 1, ["tip_payment_gateway"] = null }] : (JsonObject[])[],
            ]),
            ["refunds"] = status != "refunded" ? [] : new JsonArray(new JsonObject
            {
                ["id"] = 1, ["created_at"] = "2026-11-21T10:00:00Z",
                ["refund_line_items"] = new JsonArray([.. lines.Select((line, i) => new JsonObject { ["line_item_id"] = line.Id, ["subtotal"] = Text(paid[i]), ["total_tax"] = Text(taxes[i]) })]),
            }),
        });

        (string, string)[] notShipped = [("Lineitem requires shipping", "false"), ("Lineitem taxable", "false")];
        var items = lines.ConvertAll(line => ((string, string)[])[("Lineitem price", Text(line.Price)), ("Lineitem quantity", $"{line.Quantity}")]);
        if (giftCard > 0) items.Add([("Lineitem name", "Gift card"), ("Lineitem price", Text(giftCard)), .. notShipped]);
        if (tip > 0) items.Add([("Lineitem name", "Tip"), ("Lineitem price", Text(tip)), .. notShipped]);
        var first = ShopifyExport.Row(
        [
            ("Financial Status", status), ("Subtotal", Text(subtotal)), ("Shipping", Text(shipping)), ("Taxes", Text(tax)), ("Total", Text(total)),
            ("Discount Code", string.Join(", ", codes)), ("Cancelled at", isCanceled ? "2026-11-21 11:00:00 +0100" : ""), ("Note Attributes", "atr_vid: v-77"),
            ("Refunded Amount", status == "refunded" ? Text(total) : "0.00"), ("Tax 1 Name", rate > 0 ? $"VAT {rate * 100:0}%" : ""), .. items[0],
        ]);
        return (document, [first, .. items.Skip(1).Select(item => ShopifyExport.Line(item))]);

        decimal Tax(decimal amount) => Math.Round(inside ? amount * rate / (1 + rate) : amount * rate, 2, MidpointRounding.AwayFromZero);
    }

    private static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
