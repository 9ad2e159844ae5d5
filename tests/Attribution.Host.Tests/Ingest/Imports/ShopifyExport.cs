using System.Text;
using Attribution.Host.Ingest.Imports;
using Attribution.Host.Ingest.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Attribution.Host.Tests.Ingest.Imports;

/// <summary>Orders of webhooks as Shopify's export shows them.</summary>
internal static class ShopifyExport
{
    public const string Header =
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,"
        + "Lineitem quantity,Lineitem name,Lineitem price,Lineitem requires shipping,Lineitem taxable,Notes,Note Attributes,Cancelled at,Payment Method,"
        + "Refunded Amount,Id,Source,Lineitem sku,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Duties";

    private static readonly string[] Columns = Header.Split(',');

    /// <summary>Returns the table of orders.</summary>
    public static string ToTable(params IEnumerable<IEnumerable<(string Column, string Value)>> rows) =>
        string.Join("\r\n", rows.Select(row => string.Join(',', Columns.Select(column => Quote(row.LastOrDefault(cell => cell.Column == column).Value ?? ""))))
            .Prepend(Header)) + "\r\n";

    /// <summary>The row of a paid order of one line of 100.00 with the code MIA10.</summary>
    public static (string Column, string Value)[] Row(params (string Column, string Value)[] changes) =>
    [
        ("Name", "#1001"), ("Id", "1001"), ("Email", "ann@example.com"), ("Financial Status", "paid"), ("Currency", "USD"), ("Subtotal", "100.00"), ("Shipping", "0.00"),
        ("Taxes", "0.00"), ("Total", "100.00"), ("Discount Code", "MIA10"), ("Created at", "2026-11-20 11:00:00 +0100"), ("Lineitem quantity", "1"),
        ("Lineitem name", "Serum"), ("Lineitem price", "100.00"), ("Lineitem requires shipping", "true"), ("Lineitem taxable", "true"), ("Refunded Amount", "0.00"),
        .. changes,
    ];

    /// <summary>The row of a further line item.</summary>
    public static (string Column, string Value)[] Line(params (string Column, string Value)[] changes) =>
        [("Name", "#1001"), ("Lineitem quantity", "1"), ("Lineitem requires shipping", "true"), ("Lineitem taxable", "true"), .. changes];

    public static async Task<List<ImportedOrder>> ReadAsync(string table)
    {
        var read = new List<ImportedOrder>();
        using var opened = await OrderTable.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(table)), TestContext.Current.CancellationToken);
        await foreach (var order in ShopifyOrderTable.ReadAsync(opened, new WebhookDelivery("shop", new HeaderDictionary(), default), TestContext.Current.CancellationToken))
            read.Add(order);
        return read;
    }

    private static string Quote(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
