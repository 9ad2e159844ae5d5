using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Attribution.Host.Ingest;

/// <summary>Reads bodies as a whole, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The body as it came, in memory of its own.</summary>
    /// <exception cref="RequestRejectedException">It is longer than it may be.</exception>
    public static async Task<byte[]> ReadAllAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        RemoveServerLimit(request);
        var read = await ReadSequenceAsync(request, limit, cancellation);
        var bytes = read.ToArray();
        request.BodyReader.AdvanceTo(read.End);
        return bytes;
    }

    /// <summary>The body as it came; valid until the reader is advanced.</summary>
    /// <exception cref="RequestRejectedException">It is longer than it may be.</exception>
    public static async Task<ReadOnlySequence<byte>> ReadSequenceAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
            throw RequestRejectedException.BodyTooLarge(limit);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);
            if (read.Buffer.Length > limit)
            {
                // Let go of, or the server cannot read the rest and answer on a connection in order.
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw RequestRejectedException.BodyTooLarge(limit);
            }

            if (read.IsCompleted)
                return read.Buffer;
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Takes the server's own limit away: the readers have theirs, and their own words for them.</summary>
    public static void RemoveServerLimit(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }
}
