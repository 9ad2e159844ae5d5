using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Attribution.Host.Ingest.Webhooks;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// Reads the orders of a vendor's API: a JSON array of documents, or one document after another, as in NDJSON. One
/// document at a time is in memory.
/// </summary>
internal static class OrderDocuments
{
    // White space and a byte order mark.
    private static readonly SearchValues<byte> Leading = SearchValues.Create(" \t\r\n\uFEFF"u8);

    /// <summary>Reads and maps the documents.</summary>
    /// <param name="body">The file.</param>
    /// <param name="vendor">The vendor.</param>
    /// <param name="shop">A delivery of the shop, without a body.</param>
    /// <param name="cancellation">Cancels reading.</param>
    public static async IAsyncEnumerable<ImportedOrder> ReadAsync(
        PipeReader body, IWebhookVendor vendor, WebhookDelivery shop, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var isArray = await IsArrayAsync(body, cancellation);
        await using var documents = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(
            body.AsStream(), topLevelValues: !isArray, cancellationToken: cancellation).GetAsyncEnumerator(cancellation);
        for (long row = 1; ; row++)
        {
            ImportedOrder order;
            try
            {
                if (!await documents.MoveNextAsync()) break;
                order = Map(row, documents.Current, vendor, shop);
            }
            catch (JsonException e)
            {
                throw RequestRejectedException.Malformed(
                    $"Document {row} is not JSON: {e.Message} The documents before it were read; correct the file and send it again.");
            }

            yield return order;
        }
    }

    private static ImportedOrder Map(long row, JsonElement document, IWebhookVendor vendor, WebhookDelivery shop)
    {
        var order = new ImportedOrder(row, FindId(document), []) { Locate = pointer => new(row, pointer) };
        var events = WebhookSteps.Map(vendor, shop with { Body = JsonSerializer.SerializeToUtf8Bytes(document) });
        return events.FirstOrDefault(one => one.Fault is not null) is { Fault: { } fault }
            ? order with { Fault = new(new(row, fault.Pointer), fault.Reason, fault.Detail) }
            : order with { Events = events };
    }

    private static string? FindId(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty("id", out var id)
        && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? id.ToString() : null;

    /// <summary>Returns whether the body begins with an array. Nothing is consumed.</summary>
    private static async Task<bool> IsArrayAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var first = FindFirst(read.Buffer);
            body.AdvanceTo(read.Buffer.Start, first is null ? read.Buffer.End : read.Buffer.Start);
            if (first is { } found) return found == '[';
            if (read.IsCompleted) throw RequestRejectedException.Malformed("The file is empty.");
        }
    }

    /// <summary>Returns the first byte that is neither white space nor part of a byte order mark; null if there is none.</summary>
    private static byte? FindFirst(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            if (segment.Span.IndexOfAnyExcept(Leading) is >= 0 and var at)
                return segment.Span[at];
        return null;
    }
}
