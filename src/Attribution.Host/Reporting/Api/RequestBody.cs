using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Reporting.Api;

/// <summary>A request's body, read whole up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>Reads the body; the problem to answer where it is longer than it may be.</summary>
    /// <param name="request">The request.</param>
    /// <param name="longest">Most bytes, inside.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Body, IResult? Fault)> ReadAsync(HttpRequest request, int longest, CancellationToken cancellation)
    {
        var tooLong = ApiProblems.Create(StatusCodes.Status413PayloadTooLarge, "The body is too large", $"At most {longest} bytes");
        // One byte over the limit is read, so that the answer is ours and not the server's.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server) server.MaxRequestBodySize = longest + 1L;
        if (request.ContentLength > longest) return (default, tooLong);
        using var whole = new MemoryStream((int)(request.ContentLength ?? 4_096));
        var buffer = new byte[16_384];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (whole.Length + read > longest) return (default, tooLong);
            whole.Write(buffer.AsSpan(0, read));
        }
        return (whole.ToArray(), null);
    }

    /// <summary>The media type without its parameters, lower case; empty when none is named.</summary>
    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();
}
