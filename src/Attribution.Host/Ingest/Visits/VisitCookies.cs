using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Visits;

/// <summary>
/// The snippet's cookies, set by the answer to a visit. Browsers with tracking prevention keep a cookie of a script for
/// seven days, and one of a server as long as it says. A server can set it only for a domain that it belongs to, so the
/// host must be on a subdomain of the shop.
/// </summary>
internal static class VisitCookies
{
    /// <summary>Name of the cookie with the visitor's id, which the snippet reads.</summary>
    public const string Visitor = "atr_visitor";

    /// <summary>Name of the cookie with the last click's id, which the snippet reads.</summary>
    public const string Click = "atr_click";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>
    /// Sets the cookies if the page asks for it, and both the page and this host are on subdomains of the domain or on
    /// the domain itself.
    /// </summary>
    /// <param name="http">The request, whose origin is one of the brand's.</param>
    /// <param name="report">The visit.</param>
    public static void Set(HttpContext http, VisitReport report)
    {
        var domain = report.Domain?.TrimStart('.');
        if (string.IsNullOrEmpty(domain) || !domain.Contains('.', StringComparison.Ordinal)
            || !Belongs(http.Request.Host.Host, domain)
            || !Uri.TryCreate(http.Request.Headers.Origin, UriKind.Absolute, out var origin)
            || !Belongs(origin.IdnHost, domain)) return;
        Append(http, domain, Visitor, report.VisitorId);
        Append(http, domain, Click, LandingUrl.Parse(report.Url).ClickId);
    }

    private static bool Belongs(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || (host.Length > domain.Length && host[^(domain.Length + 1)] == '.'
            && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    private static void Append(HttpContext http, string domain, string name, string? value)
    {
        // The snippet reads the value as it is written.
        if (value is not { Length: > 0 and <= EventLimits.Id }
            || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')) return;
        http.Response.Cookies.Append(name, value, new CookieOptions
        {
            Domain = domain, MaxAge = Lifetime, Path = "/", SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, IsEssential = true,
        });
    }
}
