using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>GET /attribution.js</c>: returns the browser snippet without comments and white space, compressed once. Browsers and caches keep
/// it for an hour and then revalidate it by its <c>ETag</c>.
/// </summary>
internal sealed partial class SnippetEndpoint
{
    private const string MediaType = "text/javascript; charset=utf-8";

    private readonly Variant plain;
    private readonly Variant gzip;
    private readonly Variant brotli;

    public SnippetEndpoint()
    {
        var bytes = Encoding.UTF8.GetBytes(ReadScript());
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes)[..8]);
        plain = new(bytes, null, new($"\"{hash}\""));
        gzip = new(
            Compress(bytes, stream => new GZipStream(stream, CompressionLevel.SmallestSize)), "gzip", new($"\"{hash}-gzip\""));
        brotli = new(
            Compress(bytes, stream => new BrotliStream(stream, CompressionLevel.SmallestSize)), "br", new($"\"{hash}-br\""));
    }

    /// <summary>Returns the smallest encoding that the browser accepts, or 304.</summary>
    public IResult Get(HttpContext http)
    {
        var variant = Accepts(http.Request, "br") ? brotli : Accepts(http.Request, "gzip") ? gzip : plain;
        var headers = http.Response.Headers;
        headers.CacheControl = "public, max-age=3600";
        headers.Vary = "Accept-Encoding";
        // Allows cross-origin isolated pages to load the script.
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (variant.Encoding is { } encoding) headers.ContentEncoding = encoding;
        return Results.Bytes(variant.Bytes, MediaType, entityTag: variant.Tag);
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(
            accepted => accepted.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && accepted.Quality != 0);

    private static string ReadScript()
    {
        using var stream = typeof(SnippetEndpoint).Assembly.GetManifestResourceStream("attribution.js")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n').Select(line => line.Trim());
        var code = string.Join(
            '\n', lines.Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)));
        // Every second part is a string.
        return string.Join('\'', code.Split('\'').Select((part, i) => i % 2 == 0 ? WhiteSpace().Replace(part, "$1") : part));
    }

    [GeneratedRegex(@"\s*([-=+?:,;{}()<>&|!])\s*")]
    private static partial Regex WhiteSpace();

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> compress)
    {
        using var compressed = new MemoryStream();
        using (var stream = compress(compressed)) stream.Write(bytes);
        return compressed.ToArray();
    }

    private sealed record Variant(byte[] Bytes, string? Encoding, EntityTagHeaderValue Tag);
}
