using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;

namespace Attribution.Host.Cli;

/// <summary>
/// Sender of event files in requests of many lines. A repeated request repeats few lines, and memory use does not
/// depend on the file's size.
/// </summary>
internal static class EventsSender
{
    /// <summary>Maximum number of lines per request.</summary>
    public const int LinesPerRequest = 1_000;

    /// <summary>Size in bytes that completes a request; the line that reaches it is included.</summary>
    public const int BytesPerRequest = 256 << 10;

    /// <summary>Sends the lines of a file in order.</summary>
    /// <exception cref="HostClientException">
    /// The host does not answer, or rejects an entire request. Earlier requests are accepted; sending the file again is
    /// safe.
    /// </exception>
    public static async Task<TransferResult> SendAsync(
        HostClient client, FileInfo file, TransferProgress progress, CancellationToken cancellation)
    {
        var total = new TransferResult();
        var body = new MemoryStream();
        var numbers = new List<long>();
        long unsent = 0;
        await foreach (var (line, number, raw) in ReadAsync(file, cancellation))
        {
            if (line.Length > 0)
            {
                body.Write(line.Span);
                body.WriteByte((byte)'\n');
                numbers.Add(number);
            }

            unsent += raw;
            if (numbers.Count >= LinesPerRequest || body.Length >= BytesPerRequest)
            {
                total = await SendRequestAsync(client, body, numbers, progress, total, cancellation);
                progress.Advance(unsent);
                unsent = 0;
            }
        }

        if (numbers.Count > 0)
            total = await SendRequestAsync(client, body, numbers, progress, total, cancellation);
        progress.Advance(unsent);
        return total;
    }

    private static async Task<TransferResult> SendRequestAsync(
        HostClient client, MemoryStream body, List<long> numbers, TransferProgress progress, TransferResult previous,
        CancellationToken cancellation)
    {
        using var response = await client.PostAsync("/v1/events", () => Body(body), progress.ReportWait, cancellation);
        var root = response.RootElement;
        foreach (var result in root.GetProperty("results").EnumerateArray())
        {
            if (result.GetProperty("status").GetString() == "rejected")
                progress.WriteLine($"line {numbers[result.GetProperty("index").GetInt32()]}: {HostClient.FormatFault(result)}");
        }

        body.SetLength(0);
        numbers.Clear();
        return new TransferResult(
            previous.Accepted + root.GetProperty("accepted").GetInt64(),
            previous.Rejected + root.GetProperty("rejected").GetInt64());
    }

    private static ByteArrayContent Body(MemoryStream body) =>
        new(body.GetBuffer(), 0, (int)body.Length) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };

    /// <summary>
    /// Reads the lines without surrounding white space; blank lines are empty. Each has its number, starting with 1,
    /// and its raw length in bytes.
    /// </summary>
    private static async IAsyncEnumerable<(ReadOnlyMemory<byte> Line, long Number, long Raw)> ReadAsync(
        FileInfo file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(file.OpenRead(), new StreamPipeReaderOptions(bufferSize: 64 << 10));
        for (long number = 1; ; number++)
        {
            var (line, raw) = await ReadLineAsync(reader, cancellation);
            if (raw == 0)
                break;
            if (number == 1 && line.AsSpan().StartsWith("\uFEFF"u8))
                line = line[3..];
            yield return (line.AsMemory().Trim(" \t\r\n"u8), number, raw);
        }

        await reader.CompleteAsync();
    }

    private static async ValueTask<(byte[] Line, long Raw)> ReadLineAsync(
        PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var end = read.Buffer.PositionOf((byte)'\n');
            if (end is null && !read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var line = end is null ? read.Buffer : read.Buffer.Slice(0, read.Buffer.GetPosition(1, end.Value));
            var bytes = line.ToArray();
            reader.AdvanceTo(line.End);
            return (bytes, bytes.Length);
        }
    }
}
