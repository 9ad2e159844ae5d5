using System.Text;

namespace Attribution.Host.Ingest.Api;

/// <summary>What a person reads who followed a link that leads nowhere.</summary>
internal static class RedirectPages
{
    /// <summary>404: no link has the slug, or its link has not begun.</summary>
    public static IResult Unknown { get; } = CreatePage(StatusCodes.Status404NotFound, "This link is unknown", "Please check that it was copied whole.");

    /// <summary>410: the link has ended and names no fallback.</summary>
    public static IResult Ended { get; } = CreatePage(StatusCodes.Status410Gone, "This link has ended", "The offer it led to is over.");

    private static IResult CreatePage(int status, string title, string text) => Results.Content(
        $"""
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
        <style>body{"{"}font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark{"}"}</style>
        <h1>{title}</h1><p>{text}</p></html>
        """,
        "text/html; charset=utf-8", Encoding.UTF8, status);
}
