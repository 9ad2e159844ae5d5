using Attribution.Host.Reporting.Queries;
using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Reporting.Api;

/// <summary>Reading of request bodies up to a limit.</summary>
internal static class RequestBody
{
    private const int BufferSize = 16_384;
    private const int DefaultCapacity = 4_096;

    /// <summary>Reads the complete body; returns a problem if it exceeds the limit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Maximum number of bytes (inclusive).</param>
    /// <param name="cancellation">Cancels reading.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, QueryProblem? Problem)> ReadAsync(
        HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        var tooLong = new QueryProblem(
            StatusCodes.Status413PayloadTooLarge, "The body is too large", $"The maximum is {maxBytes} bytes");
        // One byte over the limit is read, so that this problem is returned instead of the server's own response.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>(
            ) is { IsReadOnly: false } server) server.MaxRequestBodySize = maxBytes + 1L;
        if (request.ContentLength > maxBytes) return (default, tooLong);
        using var body = new MemoryStream((int)(request.ContentLength ?? DefaultCapacity));
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (body.Length + read > maxBytes) return (default, tooLong);
            body.Write(buffer.AsSpan(0, read));
        }
        return (body.ToArray(), null);
    }

    /// <summary>Returns the media type in lower case without parameters; empty if the request names none.</summary>
    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';', 2)[0].Trim()
        .ToLowerInvariant();
}
