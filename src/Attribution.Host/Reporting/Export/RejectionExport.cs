using System.Text.Json;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Export;

/// <summary>Writer of rejections as NDJSON.</summary>
internal static class RejectionExport
{
    /// <summary>Writes one JSON object per line.</summary>
    public static async Task WriteAsync(
        Stream body, IAsyncEnumerable<RejectionAnswer> rejections, CancellationToken cancellation)
    {
        await foreach (var rejection in rejections.WithCancellation(cancellation))
        {
            await JsonSerializer.SerializeAsync(body, rejection, ReportJson.Options, cancellation);
            await body.WriteAsync("\n"u8.ToArray(), cancellation);
        }
    }
}
