using System.Net;
using System.Net.Http.Headers;

namespace Attribution.Host.Cli;

/// <summary>Request body that reports how many bytes have been sent.</summary>
internal sealed class ProgressContent : HttpContent
{
    private const int ChunkBytes = 64 * 1024;

    private readonly byte[] bytes;
    private readonly Action<int> sent;

    public ProgressContent(byte[] bytes, string mediaType, Action<int> sent)
    {
        (this.bytes, this.sent) = (bytes, sent);
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = 0; at < bytes.Length; at += ChunkBytes)
        {
            var length = Math.Min(ChunkBytes, bytes.Length - at);
            await stream.WriteAsync(bytes.AsMemory(at, length));
            sent(length);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
