using System.Security.Cryptography;
using System.Text;

namespace Attribution.Host.Ingest.Api;

/// <summary>Pages for people who follow a link without a destination.</summary>
internal static class RedirectPages
{
    private const string Style =
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}";

    /// <summary>Gets the content security policy of the pages: only their own style.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Gets the 404 page: no link has the slug, or the link is not valid yet.</summary>
    public static IResult Unknown { get; } = CreatePage(
        StatusCodes.Status404NotFound, "This link is unknown", "Please check that it was copied whole.");

    /// <summary>Gets the 410 page: the link has ended and has no fallback.</summary>
    public static IResult Ended { get; } = CreatePage(
        StatusCodes.Status410Gone, "This link has ended", "The offer it led to is over.");

    private static IResult CreatePage(int status, string title, string text) => Results.Content(
        $"""
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
        <style>{Style}</style>
        <h1>{title}</h1><p>{text}</p></html>
        """,
        "text/html; charset=utf-8", Encoding.UTF8, status);
}
