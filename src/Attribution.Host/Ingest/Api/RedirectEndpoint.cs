using System.Buffers.Text;
using System.Security.Cryptography;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Redirect;
using Attribution.Host.Observability;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>GET /r/{slug}</c>: redirects to a link's destination and reports the click. The look-up is in memory. The click
/// is written like every event, but the response does not wait for it: a full spool or a failing disk loses the click,
/// which is counted, and never the redirect.
/// </summary>
internal sealed partial class RedirectEndpoint(
    CatalogCache catalogs, IngestPipeline pipeline, TimeProvider time, IngestMetrics metrics, ILogger<RedirectEndpoint> logger)
{
    /// <summary>Source of the redirector's clicks.</summary>
    public const string Source = "redirect";

    /// <summary>Name of the first-party cookie with the visitor's id.</summary>
    public const string VisitorCookie = "atr_vid";

    private static readonly TimeSpan VisitorCookieLifetime = TimeSpan.FromDays(365);

    private readonly UnknownSlugs unknownSlugs = new();
    private RedirectTable? table;

    /// <summary>Returns the redirect, or a page that explains why there is none.</summary>
    public IResult Follow(HttpContext http, string slug, string? brand)
    {
        var now = time.GetUtcNow();
        var (registered, isEnded) = GetTable().Find(brand, slug, now);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = RedirectPages.ContentSecurityPolicy;
        if (registered is null)
        {
            metrics.RecordRedirect("unknown");
            RecordUnknown(http, brand, slug, now);
            return RedirectPages.Unknown;
        }

        var clickId = CreateId();
        RecordClick(http, registered, clickId, isEnded, GetOrCreateVisitorId(http), now);
        var (link, query) = (registered.Link, http.Request.QueryString.Value);
        if (!isEnded) return Results.Redirect(LinkDestination.Build(link.Destination, link.Utm, clickId, query));
        return link.Fallback is { } fallback
            ? Results.Redirect(LinkDestination.ToAsciiUrl(fallback, query)) : RedirectPages.Ended;
    }

    /// <summary>Returns the index of the current catalog. The first request after a change creates it.</summary>
    private RedirectTable GetTable()
    {
        var catalog = catalogs.Current;
        var known = Volatile.Read(ref table);
        if (known?.Catalog != catalog) Volatile.Write(ref table, known = RedirectTable.FromCatalog(catalog));
        return known;
    }

    private void RecordClick(
        HttpContext http, RedirectTable.RegisteredLink registered, string clickId, bool isEnded, string visitor, DateTimeOffset now)
    {
        var label = DetectLabel(http.Request);
        metrics.RecordRedirect(label ?? (isEnded ? "ended" : "redirected"));
        _ = WriteClickAsync(
            CreateClick(http, registered.Brand, registered.Link.Slug, clickId, visitor, now) with { Label = label }, registered.Brand);
    }

    /// <summary>
    /// Records a click on a slug that no link has, so that it is listed among the unmatched names and counts once the
    /// catalog knows it. Sets no cookie. Checks of links and prefetches are not recorded.
    /// </summary>
    private void RecordUnknown(HttpContext http, string? brand, string slug, DateTimeOffset now)
    {
        if (DetectLabel(http.Request) is not null) return;
        var (owner, name) = GetTable().NameUnknown(brand, slug);
        if (!unknownSlugs.Admit(owner, name, now)) return;
        _ = WriteClickAsync(CreateClick(http, owner, name, CreateId(), FindVisitorId(http), now), owner);
    }

    private static ClickEvent CreateClick(
        HttpContext http, string brand, string slug, string clickId, string? visitor, DateTimeOffset now) => new(
            clickId, now, slug, BrandId: brand, VisitorId: visitor, ClickId: clickId,
            Referrer: HeaderText.Truncate(http.Request.Headers.Referer, EventLimits.Url),
            UserAgent: HeaderText.Truncate(http.Request.Headers.UserAgent, EventLimits.UserAgent));

    /// <summary>
    /// Writes the click. The response does not wait for it, so that failures are counted and logged here.
    /// </summary>
    private async Task WriteClickAsync(ClickEvent click, string brand)
    {
        try
        {
            var caller = new Caller(Source, brand, MaySpeakForOthers: false) { OnlyBrand = brand };
            if (!await pipeline.WriteClickAsync(click, caller)) metrics.RecordLostClick();
        }
        catch (Exception e)
        {
            metrics.RecordLostClick();
            LogLost(e);
        }
    }

    /// <summary>
    /// Returns the visitor's id in the cookie, or a new one when the cookie is missing or invalid. The cookie expires a
    /// year from now.
    /// </summary>
    private static string GetOrCreateVisitorId(HttpContext http)
    {
        var visitor = FindVisitorId(http) ?? CreateId();
        http.Response.Cookies.Append(VisitorCookie, visitor, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = VisitorCookieLifetime, Path = "/", IsEssential = true,
        });
        return visitor;
    }

    /// <summary>Returns the visitor's id in the cookie; null when the cookie is missing or invalid.</summary>
    private static string? FindVisitorId(HttpContext http)
    {
        var known = http.Request.Cookies[VisitorCookie];
        return known is { Length: > 0 and <= 64 }
            && known.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? known : null;
    }

    /// <summary>
    /// Returns the label that the request itself states; null for none. Bots are recognized later, by their user agent.
    /// </summary>
    private static string? DetectLabel(HttpRequest request)
    {
        if (HttpMethods.IsHead(request.Method)) return "head";
        return StatesPrefetch("Sec-Purpose") || StatesPrefetch("Purpose") || StatesPrefetch("X-Purpose")
            || StatesPrefetch("X-Moz") ? "prefetch" : null;

        bool StatesPrefetch(string header) => request.Headers.TryGetValue(header, out var values)
            && values.Any(value => value is not null && (value.Contains("prefetch", StringComparison.OrdinalIgnoreCase)
                || value.Contains("prerender", StringComparison.OrdinalIgnoreCase) || value.Contains(
                    "preview", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Creates an id of 128 random bits, in 22 characters that need no escaping in URLs.</summary>
    private static string CreateId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    [LoggerMessage(EventIds.ClickLost, LogLevel.Error, "A click was redirected but could not be stored")]
    private partial void LogLost(Exception exception);
}
