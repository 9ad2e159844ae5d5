using System.Reflection;
using System.Security.Cryptography;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Styles and scripts, carried in the program itself. Their address holds a digest of their content, so that they are kept for ever and never stale.</summary>
internal static class PageAssets
{
    private const string Prefix = "assets/";

    private static readonly Dictionary<string, (byte[] Bytes, string Digest)> All = Load();

    /// <summary>The address of an asset; null where this build carries none of the name.</summary>
    public static string? GetUrl(string name) => All.TryGetValue(name, out var asset) ? $"/assets/{asset.Digest}/{name}" : null;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{digest}/{name}", (string digest, string name, HttpResponse response) =>
            {
                if (!All.TryGetValue(name, out var asset) || asset.Digest != digest)
                {
                    response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }
                response.Headers.CacheControl = "public, max-age=31536000, immutable";
                var contentType = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
                return TypedResults.Bytes(asset.Bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{digest}\"")).ExecuteAsync(response.HttpContext);
            })
            .AllowWithoutCredentials().AllowQueryParameters().ExcludeFromDescription();

    private static Dictionary<string, (byte[], string)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(name => name[Prefix.Length..], name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
        });
    }
}
