using System.Net.Http.Headers;

namespace Attribution.Host.Hosting.Commands;

/// <summary>Sends a file of catalog items, whole: its lines may speak of each other.</summary>
public static class CatalogSender
{
    /// <summary>The media type of a file by its ending, or null.</summary>
    public static string? MediaTypeOf(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".ndjson" or ".jsonl" => "application/x-ndjson",
        _ => null,
    };

    /// <summary>Sends it.</summary>
    /// <exception cref="SendFailedException">The host does not answer, or refuses the file as a whole.</exception>
    public static async Task<SendResult> SendAsync(HostClient client, string kind, FileInfo file, SendProgress progress, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancellation);
        using var answer = await client.PostAsync($"/v1/{kind}/import", () => Body(bytes, MediaTypeOf(file)!), progress.Waiting, cancellation);
        progress.Advance(bytes.Length);
        foreach (var result in answer.RootElement.GetProperty("results").EnumerateArray())
        {
            if (!result.TryGetProperty("errors", out var errors))
                continue;
            foreach (var error in errors.EnumerateArray())
                progress.Say($"line {result.GetProperty("line").GetInt32()}: {HostClient.Fault(error)}");
        }

        return new SendResult(answer.RootElement.GetProperty("accepted").GetInt64(), answer.RootElement.GetProperty("rejected").GetInt64());
    }

    private static ByteArrayContent Body(byte[] bytes, string mediaType) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
}
