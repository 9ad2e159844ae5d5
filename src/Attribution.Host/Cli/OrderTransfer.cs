using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Attribution.Host.Cli;

/// <summary>Import of a shop's orders: sends a file of any length in one request and prints the result.</summary>
internal static class OrderTransfer
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly string[] Columns = ["campaignId", "creatorId", "orders", "net", "commission"];

    /// <summary>Returns the media type for the extension of a file; null for an unknown extension.</summary>
    public static string? GetMediaType(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".json" or ".ndjson" or ".jsonl" => "application/x-ndjson",
        _ => null,
    };

    /// <summary>Sends a file, and repeats the request while the host is busy.</summary>
    /// <param name="client">The host.</param>
    /// <param name="query">The parameters of the import.</param>
    /// <param name="file">The file.</param>
    /// <param name="progress">Receives the progress in bytes.</param>
    /// <param name="cancellation">Cancels the import.</param>
    /// <exception cref="HostClientException">The host does not answer, or rejects the entire file.</exception>
    public static Task<JsonDocument> SendAsync(
        HostClient client, string query, FileInfo file, TransferProgress progress, CancellationToken cancellation)
    {
        long furthest = 0;
        return client.PostAsync(
            $"/v1/orders/import?{query}",
            () => new FileContent(file, GetMediaType(file)!, sent =>
            {
                // Bytes count once, even if the request is repeated.
                if (sent <= furthest) return;
                progress.Advance(sent - furthest);
                furthest = sent;
            }),
            progress.ReportWait, cancellation, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes the faults of an import, one per line.</summary>
    public static void PrintFaults(JsonElement answer, Action<string> write)
    {
        foreach (var result in answer.GetProperty("results").EnumerateArray()) write(DescribeFault(result));
        if (answer.GetProperty("omitted").GetInt64() is > 0 and var omitted) write($"{CommandOutput.FormatCount(omitted, "further result")} not listed");
    }

    /// <summary>Prints the result of an import. Returns the exit code: 0 if no order was rejected.</summary>
    public static int Print(JsonElement answer)
    {
        PrintFaults(answer, Console.Error.WriteLine);
        if (answer.TryGetProperty("beyondHorizon", out var beyond))
        {
            Console.Error.WriteLine(
                $"{FormatOrders(beyond)} older than {beyond.GetProperty("horizon")} left out, "
                + $"the oldest of {beyond.GetProperty("oldest")}; --horizon takes them, before the brand's first live event");
        }

        var isDryRun = answer.GetProperty("dryRun").GetBoolean();
        Console.WriteLine(
            $"{CommandOutput.FormatCount(Count("orders"), "order")}: {Count("accepted")} {(isDryRun ? "acceptable" : "accepted")}, "
            + $"{Count("withoutEvents")} without events, {Count("notCounted")} not counted, {Count("rejected")} rejected");
        if (answer.TryGetProperty("preview", out var preview)) PrintPreview(preview);
        return Count("rejected") == 0 ? 0 : 1;

        long Count(string name) => answer.GetProperty(name).GetInt64();
    }

    private static string FormatOrders(JsonElement part) => CommandOutput.FormatCount(part.GetProperty("orders").GetInt64(), "order");

    private static string DescribeFault(JsonElement result) =>
        $"row {result.GetProperty("row")}"
        + (result.GetProperty("column").GetString() is { Length: > 0 } column ? $", column {column}" : "")
        + (result.TryGetProperty("order", out var order) ? $", order {order}" : "")
        + $": {result.GetProperty("status")}: {result.GetProperty("reason")}: {result.GetProperty("detail")}";

    private static void PrintPreview(JsonElement preview)
    {
        Console.WriteLine("Nothing was written. The import would add:");
        Console.WriteLine(
            $"{FormatOrders(preview)}, net {preview.GetProperty("net")} {preview.GetProperty("currency")}, commission {preview.GetProperty("commission")}");
        Console.WriteLine(string.Join('\t', "campaign", "creator", "orders", "net", "commission"));
        foreach (var row in preview.GetProperty("placements").EnumerateArray())
            Console.WriteLine(string.Join('\t', Columns.Select(name => row.GetProperty(name).ToString())));
        var unattributed = preview.GetProperty("unattributed");
        Console.WriteLine(string.Join('\t', "-", "-", unattributed.GetProperty("orders"), unattributed.GetProperty("net"), "-"));
        foreach (var code in preview.GetProperty("unmatchedCodes").EnumerateArray())
            Console.WriteLine($"code {code.GetProperty("code")} has no owner: {FormatOrders(code)}");
        foreach (var agreement in preview.GetProperty("settledPerPeriod").EnumerateArray())
            Console.WriteLine($"agreement {agreement} is settled per period: its commission is not included");
        if (preview.GetProperty("amountsWithoutRate").GetInt64() is > 0 and var amounts)
            Console.WriteLine($"{CommandOutput.FormatCount(amounts, "amount")} without exchange rate not included");
        if (!preview.GetProperty("isComplete").GetBoolean())
            Console.WriteLine("The file names more customers than a dry run follows: new customers may be counted too often.");
    }

    /// <summary>A file as request body, which reports how many bytes have been sent.</summary>
    private sealed class FileContent : HttpContent
    {
        private readonly FileInfo file;
        private readonly Action<long> sent;

        public FileContent(FileInfo file, string mediaType, Action<long> sent)
        {
            (this.file, this.sent) = (file, sent);
            Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var from = file.OpenRead();
            var chunk = new byte[ChunkBytes];
            long total = 0;
            while (await from.ReadAsync(chunk) is > 0 and var length)
            {
                await stream.WriteAsync(chunk.AsMemory(0, length));
                sent(total += length);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
