namespace Attribution.Host.Cli;

/// <summary>
/// Import and export of catalog files. A file is sent in one request, because its lines may refer to each other.
/// </summary>
internal static class CatalogTransfer
{
    /// <summary>Returns the media type for the extension of a file; null for an unknown extension.</summary>
    public static string? GetMediaType(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".ndjson" or ".jsonl" => "application/x-ndjson",
        ".xml" => "application/xml",
        ".zip" => "application/zip",
        _ => null,
    };

    /// <summary>Sends a file; with <paramref name="dryRun"/> the host only checks it.</summary>
    /// <exception cref="HostClientException">The host does not answer, or rejects the entire file.</exception>
    public static async Task<TransferResult> SendAsync(
        HostClient client, string kind, FileInfo file, bool dryRun, TransferProgress progress,
        CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancellation);
        // Bytes count once, even if the request is repeated.
        var furthest = 0;
        HttpContent Body()
        {
            var sent = 0;
            return new ProgressContent(bytes, GetMediaType(file)!, count =>
            {
                sent += count;
                if (sent <= furthest) return;
                progress.Advance(sent - furthest);
                furthest = sent;
            });
        }

        var path = $"/v1/{kind}/import{(dryRun ? "?dryRun=true" : "")}";
        using var response = await client.PostAsync(path, Body, progress.ReportWait, cancellation);
        foreach (var result in response.RootElement.GetProperty("results").EnumerateArray())
        {
            if (!result.TryGetProperty("errors", out var errors))
                continue;
            foreach (var error in errors.EnumerateArray())
                progress.WriteLine($"line {result.GetProperty("line").GetInt32()}: {HostClient.FormatFault(error)}");
        }

        if (response.RootElement.TryGetProperty("leftOutDays", out var leftOut))
            progress.WriteLine(
                $"{leftOut.GetInt32()} days before {response.RootElement.GetProperty("leftOutBefore").GetString()} were left out: "
                + "no accepted event and no cost can need their rates");
        return new TransferResult(
            response.RootElement.GetProperty("accepted").GetInt64(),
            response.RootElement.GetProperty("rejected").GetInt64());
    }

    /// <summary>Downloads all items of a kind to a file that can be imported.</summary>
    /// <exception cref="HostClientException">The host does not answer, or refuses the request.</exception>
    public static Task FetchAsync(HostClient client, string kind, FileInfo file, CancellationToken cancellation) =>
        client.DownloadAsync($"/v1/{kind}?format={(GetMediaType(file) == "text/csv" ? "csv" : "ndjson")}", file, cancellation);
}
