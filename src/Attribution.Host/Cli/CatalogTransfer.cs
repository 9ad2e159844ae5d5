namespace Attribution.Host.Cli;

/// <summary>Sends a file of catalog items, whole: its lines may speak of each other.</summary>
internal static class CatalogTransfer
{
    /// <summary>The media type of a file by its ending, or null.</summary>
    public static string? GetMediaType(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".ndjson" or ".jsonl" => "application/x-ndjson",
        _ => null,
    };

    /// <summary>Sends it, or with <paramref name="dryRun"/> has it checked alone.</summary>
    /// <exception cref="HostClientException">The host does not answer, or refuses the file as a whole.</exception>
    public static async Task<TransferResult> SendAsync(HostClient client, string kind, FileInfo file, bool dryRun, TransferProgress progress, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancellation);
        // What was on its way already counts once, however often it is sent.
        var furthest = 0;
        HttpContent Body()
        {
            var sent = 0;
            return new ProgressContent(bytes, GetMediaType(file)!, more =>
            {
                sent += more;
                if (sent <= furthest) return;
                progress.Advance(sent - furthest);
                furthest = sent;
            });
        }

        using var answer = await client.PostAsync($"/v1/{kind}/import{(dryRun ? "?dryRun=true" : "")}", Body, progress.ReportWait, cancellation);
        foreach (var result in answer.RootElement.GetProperty("results").EnumerateArray())
        {
            if (!result.TryGetProperty("errors", out var errors))
                continue;
            foreach (var error in errors.EnumerateArray())
                progress.WriteLine($"line {result.GetProperty("line").GetInt32()}: {HostClient.FormatFault(error)}");
        }

        return new TransferResult(answer.RootElement.GetProperty("accepted").GetInt64(), answer.RootElement.GetProperty("rejected").GetInt64());
    }

    /// <summary>Fetches all items of a kind as a file that can be sent again.</summary>
    /// <exception cref="HostClientException">The host does not answer, or refuses.</exception>
    public static Task FetchAsync(HostClient client, string kind, FileInfo file, CancellationToken cancellation) =>
        client.DownloadAsync($"/v1/{kind}?format={(GetMediaType(file) == "text/csv" ? "csv" : "ndjson")}", file, cancellation);
}
