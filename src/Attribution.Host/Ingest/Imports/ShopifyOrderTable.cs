using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attribution.Contracts;
using Attribution.Host.Ingest.Webhooks;
using Attribution.Host.Ingest.Webhooks.Shopify;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// Reads Shopify's export of orders: a row per line item, with the order's own cells in its first row. The rows of an
/// order become a document as in a webhook, and the same mapping applies. Its state precedes every state that a webhook
/// reported, so what webhooks said stays.
/// </summary>
internal static class ShopifyOrderTable
{
    // Shopify's largest orders have 500 line items.
    private const int MaxRows = 5_000;

    private const string Remedy =
        "Use Shopify's own export: Orders, Export, 'Plain CSV file'.";

    private static readonly string[] Required =
    [
        "Name", "Id", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Created at",
        "Lineitem quantity", "Lineitem name", "Lineitem price",
    ];

    /// <summary>Columns by the members of the document and of the events.</summary>
    private static readonly (string Pointer, string Column)[] ColumnsOfMembers =
    [
        ("/id", "Id"), ("/orderId", "Id"), ("/test", "Payment Method"), ("/financial_status", "Financial Status"),
        ("/created_at", "Created at"), ("/processed_at", "Created at"), ("/occurredAt", "Created at"), ("/cancelled_at", "Cancelled at"),
        ("/currency", "Currency"), ("/total_tax", "Taxes"), ("/tax", "Taxes"), ("/total_shipping_price_set", "Shipping"), ("/shipping", "Shipping"),
        ("/discount_codes", "Discount Code"), ("/codes", "Discount Code"), ("/note_attributes", "Note Attributes"), ("/visitorId", "Note Attributes"),
        ("/clickId", "Note Attributes"), ("/source_name", "Source"), ("/gross", "Subtotal"), ("/discount", "Subtotal"), ("/amount", "Refunded Amount"),
    ];

    /// <summary>Reads the orders.</summary>
    /// <param name="table">The table.</param>
    /// <param name="shop">A delivery of the shop, without a body.</param>
    /// <param name="cancellation">Cancels reading.</param>
    public static async IAsyncEnumerable<ImportedOrder> ReadAsync(
        OrderTable table, WebhookDelivery shop, [EnumeratorCancellation] CancellationToken cancellation)
    {
        table.Require(Required, Remedy);
        var rows = new List<TableRow>();
        while (await table.ReadRowAsync(cancellation) is { } row)
        {
            if (rows.Count > 0 && !Continues(row, rows[0]))
            {
                yield return Map(rows, shop);
                rows = [];
            }

            if (rows.Count == MaxRows)
                throw RequestRejectedException.Malformed($"The order in row {rows[0].Number} has more than {MaxRows} rows. {Remedy}");
            rows.Add(row);
        }

        if (rows.Count > 0) yield return Map(rows, shop);
    }

    private static bool Continues(TableRow row, TableRow first) =>
        row["Name"] == first["Name"] && (row["Id"].Length == 0 || row["Id"] == first["Id"]);

    private static ImportedOrder Map(List<TableRow> rows, WebhookDelivery shop)
    {
        var order = new ImportedOrder(rows[0].Number, rows[0]["Name"], []) { Locate = pointer => FindPlace(rows, pointer) };
        try
        {
            if (rows[0]["Id"].Length == 0)
                throw rows[0].Reject(
                    "Id", RejectionReason.MemberMissing,
                    $"is empty: the row continues an order whose first row is not above it. Keep the order of the rows. {Remedy}");
            var amounts = ShopifyTableAmounts.FromRows(rows);
            var document = WebhookPayload.FromElement(JsonSerializer.SerializeToElement<JsonNode>(CreateDocument(rows, amounts)));
            return order with { Events = ToState(ShopifyOrder.MapState(shop, document), rows[0], amounts).ToEvents() };
        }
        catch (CellRejectedException e)
        {
            return order with { Fault = e.Fault };
        }
        catch (UnmappableDeliveryException e)
        {
            return order with { Fault = new(FindPlace(rows, e.Fault.Pointer), e.Fault.Reason, e.Fault.Detail) };
        }
        catch (OverflowException)
        {
            return order with { Fault = new(new(rows[0].Number, "Total"), RejectionReason.OutOfRange, "The sum of the amounts is out of range.") };
        }
    }

    /// <summary>
    /// Returns the state with the refunded sum, of which the goods have the share that they have of the total. The export
    /// does not state when: the cancellation dates it, or else the order.
    /// </summary>
    private static ShopOrderState ToState(ShopOrderState state, TableRow first, ShopifyTableAmounts amounts)
    {
        var before = state with { At = state.At.AddMilliseconds(-1) };
        if (state.Order is not { } order || amounts.Refunded <= 0 || amounts.Total <= 0) return before;
        var net = (order.Gross ?? 0) - (order.Discount ?? 0);
        var amount = net * Math.Min(1, amounts.Refunded / amounts.Total);
        if (ShopEventMapper.Round(amount, order.Currency) is not > 0) return before;
        return before with
        {
            Refunds = [new(ShopOrderState.ExportedRefundId, first.Time("Cancelled at") ?? order.OccurredAt, order.Currency!, amount)],
        };
    }

    private static JsonObject CreateDocument(List<TableRow> rows, ShopifyTableAmounts amounts)
    {
        var first = rows[0];
        return new()
        {
            ["id"] = first.RequireNumber("Id"),
            ["test"] = first["Payment Method"].Contains("bogus", StringComparison.OrdinalIgnoreCase),
            ["financial_status"] = first["Financial Status"],
            ["created_at"] = first.Time("Created at")?.ToString("O"),
            ["cancelled_at"] = first.Time("Cancelled at")?.ToString("O"),
            ["currency"] = first["Currency"],
            ["taxes_included"] = amounts.IsTaxInside,
            ["total_tax"] = amounts.Taxes,
            ["total_shipping_price_set"] = new JsonObject { ["shop_money"] = new JsonObject { ["amount"] = amounts.Shipping } },
            ["source_name"] = first["Source"],
            ["discount_codes"] = new JsonArray([.. SplitCodes(first["Discount Code"]).Select(code => new JsonObject { ["code"] = code })]),
            ["note_attributes"] = new JsonArray([.. SplitAttributes(first["Note Attributes"])]),
            ["line_items"] = amounts.ToLines(),
        };
    }

    private static string[] SplitCodes(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<JsonObject> SplitAttributes(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2).Select(pair => new JsonObject { ["name"] = pair[0], ["value"] = pair[1] });

    private static ImportPlace FindPlace(List<TableRow> rows, string pointer)
    {
        if (pointer.StartsWith("/line", StringComparison.Ordinal)) return new(rows[0].Number, "Lineitem name");
        var column = ColumnsOfMembers.FirstOrDefault(
            known => pointer == known.Pointer || pointer.StartsWith(known.Pointer + "/", StringComparison.Ordinal)).Column;
        return new(rows[0].Number, column ?? "Id");
    }
}
