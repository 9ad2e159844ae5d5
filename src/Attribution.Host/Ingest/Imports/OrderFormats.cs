using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Ingest.Imports;

/// <summary>A format of a shop's orders. Its documents are those of the vendor's webhooks.</summary>
/// <param name="Name">Name in the parameter <c>format</c>.</param>
/// <param name="Vendor">Name of the vendor whose mapping applies.</param>
/// <param name="Topic">Topic of a webhook with such a document; empty if the document states it.</param>
/// <param name="ReadTable">Reads the shop's own export in CSV; null if the format has none.</param>
internal sealed record OrderFormat(
    string Name, string Vendor, string Topic, Func<OrderTable, WebhookDelivery, CancellationToken, IAsyncEnumerable<ImportedOrder>>? ReadTable = null);

/// <summary>The formats by name.</summary>
internal static class OrderFormats
{
    /// <summary>All formats, by name.</summary>
    public static readonly IReadOnlyList<OrderFormat> All =
    [
        new("shopify-orders", "shopify", "orders/updated", ShopifyOrderTable.ReadAsync),
        new("stripe-events", "stripe", ""),
        new("woocommerce-orders", "woocommerce", "order.updated"),
    ];

    /// <summary>Gets the names, separated by commas.</summary>
    public static string Names => string.Join(", ", All.Select(format => format.Name));

    /// <summary>Returns the format of a name; null if there is none.</summary>
    public static OrderFormat? Find(string? name) => All.FirstOrDefault(format => format.Name == name);
}

/// <summary>An order of an import: its events, or the reason for which it has none.</summary>
/// <param name="Row">
/// Number of its first row as a spreadsheet shows it, the header being row 1; of a document, its number from 1.
/// </param>
/// <param name="Name">Name or id of the order for messages; null if none could be read.</param>
/// <param name="Events">Its events; empty with a fault, and for a state that reports nothing.</param>
internal sealed record ImportedOrder(long Row, string? Name, IReadOnlyList<MappedEvent> Events)
{
    /// <summary>Gets the reason for which the order has no events.</summary>
    public ImportFault? Fault { get; init; }

    /// <summary>Gets the place in the file of a pointer into an event or document.</summary>
    public required Func<string, ImportPlace> Locate { get; init; }
}

/// <summary>A place in a file: a row and its column, or a document and a JSON pointer into it.</summary>
internal readonly record struct ImportPlace(long Row, string Column);

/// <summary>A fault of an order, with its place and the remedy.</summary>
internal sealed record ImportFault(ImportPlace Place, Contracts.RejectionReason Reason, string Detail);

/// <summary>A cell of a table cannot be used, so its order is rejected.</summary>
internal sealed class CellRejectedException(ImportFault fault) : Exception(fault.Detail)
{
    /// <summary>Gets the fault.</summary>
    public ImportFault Fault { get; } = fault;
}
