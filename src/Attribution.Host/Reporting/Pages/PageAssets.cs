using System.Reflection;
using System.Security.Cryptography;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Api;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Style sheets, script and icon, embedded in the assembly. Their addresses contain a digest of the content, so that browsers
/// can cache them permanently.
/// </summary>
internal static class PageAssets
{
    private const string Prefix = "assets/";

    private static readonly Dictionary<string, (byte[] Bytes, string Digest)> All = Load();

    /// <summary>Gets the address of the style sheet of all pages.</summary>
    public static string? StyleSheetUrl { get; } = GetUrl("page.css");

    /// <summary>Gets the address of the style sheet that pages of the documents have in addition.</summary>
    public static string? DocumentStyleSheetUrl { get; } = GetUrl("documents.css");

    /// <summary>Gets the address of the icon of all pages.</summary>
    public static string? IconUrl { get; } = GetUrl("icon.svg");

    /// <summary>Gets the address of the script of all pages, which they do not need.</summary>
    public static string? ScriptUrl { get; } = GetUrl("page.js");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{digest}/{name}", WriteAsync)
            .AllowWithoutCredentials().AllowQueryParameters().ExcludeFromDescription();

    private static Task WriteAsync(string digest, string name, HttpResponse response)
    {
        if (!All.TryGetValue(name, out var asset) || asset.Digest != digest)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        var type = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        var tag = new EntityTagHeaderValue($"\"{digest}\"");
        return TypedResults.Bytes(asset.Bytes, type, entityTag: tag).ExecuteAsync(response.HttpContext);
    }

    private static string? GetUrl(string name) =>
        All.TryGetValue(name, out var asset) ? $"/assets/{asset.Digest}/{name}" : null;

    private static Dictionary<string, (byte[], string)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
            });
    }
}
