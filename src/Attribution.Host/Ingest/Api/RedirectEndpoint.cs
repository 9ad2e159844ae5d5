using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Ingest.Redirect;
using Attribution.Host.Observability;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest.Api;

/// <summary>
/// <c>GET /r/{slug}</c>: sends whoever followed a link on to its destination and reports the click. The look-up is in memory, the click goes the
/// way of every event, and nobody waits for it: a spool that is full or a disk that fails costs the click, counted, and never the redirect.
/// </summary>
internal sealed partial class RedirectEndpoint(
    CatalogCache catalogs, EventValidator door, BatchWriter gatherer, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<RedirectEndpoint> logger)
{
    /// <summary>The source of its clicks.</summary>
    public const string Source = "redirect";

    /// <summary>The first-party cookie that holds the visitor's id.</summary>
    public const string VisitorCookie = "atr_vid";

    private static readonly TimeSpan VisitorCookieLifetime = TimeSpan.FromDays(365);

    private RedirectTable? table;

    /// <summary>Redirects, or says why it cannot.</summary>
    public IResult Follow(HttpContext http, string slug, string? brand)
    {
        var now = time.GetUtcNow();
        var (registered, isEnded) = GetTable().Find(brand, slug, now);
        http.Response.Headers.CacheControl = "no-store";
        if (registered is null)
        {
            metrics.RecordRedirect("unknown");
            return RedirectPages.Unknown;
        }

        var clickId = CreateId();
        RecordClick(http, registered, clickId, isEnded, GetOrCreateVisitorId(http), now);
        var link = registered.Link;
        if (!isEnded) return Results.Redirect(LinkDestination.Build(link.Destination, link.Utm, clickId));
        return link.Fallback is { } fallback ? Results.Redirect(LinkDestination.ToAsciiUrl(fallback)) : RedirectPages.Ended;
    }

    /// <summary>The index of the current snapshot; made once a version, by the first who needs it.</summary>
    private RedirectTable GetTable()
    {
        var catalog = catalogs.Current;
        var seen = Volatile.Read(ref table);
        if (seen?.Catalog != catalog) Volatile.Write(ref table, seen = RedirectTable.FromCatalog(catalog));
        return seen;
    }

    private void RecordClick(HttpContext http, RedirectTable.RegisteredLink registered, string clickId, bool isEnded, string visitor, DateTimeOffset now)
    {
        var label = DetectLabel(http.Request);
        metrics.RecordRedirect(label ?? (isEnded ? "ended" : "redirected"));
        var click = new ClickEvent(
            clickId, now, registered.Link.Slug, BrandId: registered.Brand, VisitorId: visitor, ClickId: clickId,
            Referrer: HeaderText.Truncate(http.Request.Headers.Referer, EventLimits.Url), UserAgent: HeaderText.Truncate(http.Request.Headers.UserAgent, EventLimits.UserAgent), Label: label);
        _ = WriteClickAsync(click, registered.Brand);
    }

    /// <summary>Never awaited by the redirect; what goes wrong is counted, since nobody is left to be told.</summary>
    private async Task WriteClickAsync(ClickEvent click, string brand)
    {
        try
        {
            var caller = new Caller(Source, brand, MaySpeakForOthers: false) { OnlyBrand = brand };
            var (batch, context) = new BatchFactory(caller, time, options.Value.Horizon).CreateBatch();
            var json = JsonSerializer.SerializeToUtf8Bytes(click, ContractsJson.Default.ClickEvent);
            var verdict = await door.ValidateAsync(json, isCloudEvent: false, caller, context, CancellationToken.None);
            batch.Add(verdict);
            metrics.RecordEvents(verdict.Type, verdict.Refused?.Reason, 1);
            if (await gatherer.KeepAsync(batch) != WriteOutcome.Durable) metrics.RecordLostClick();
        }
        catch (Exception e)
        {
            metrics.RecordLostClick();
            LogLost(e);
        }
    }

    /// <summary>The visitor's id in the cookie, a new one where there is none that can be; the cookie lives for a year from now.</summary>
    private static string GetOrCreateVisitorId(HttpContext http)
    {
        var known = http.Request.Cookies[VisitorCookie];
        var visitor = known is { Length: > 0 and <= 64 } && known.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? known : CreateId();
        http.Response.Cookies.Append(VisitorCookie, visitor, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = VisitorCookieLifetime, Path = "/", IsEssential = true,
        });
        return visitor;
    }

    /// <summary>What the request says of itself; a bot is known by its user agent when the event is read.</summary>
    private static string? DetectLabel(HttpRequest request)
    {
        if (HttpMethods.IsHead(request.Method)) return "head";
        return Says("Sec-Purpose") || Says("Purpose") || Says("X-Purpose") || Says("X-Moz") ? "prefetch" : null;

        bool Says(string header) => request.Headers.TryGetValue(header, out var values)
            && values.Any(value => value is not null && (value.Contains("prefetch", StringComparison.OrdinalIgnoreCase)
                || value.Contains("prerender", StringComparison.OrdinalIgnoreCase) || value.Contains("preview", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>128 random bits: an id that cannot be guessed, in 22 characters that need no escape.</summary>
    private static string CreateId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    [LoggerMessage(EventIds.ClickLost, LogLevel.Error, "A click was redirected but could not be stored")]
    private partial void LogLost(Exception exception);
}
