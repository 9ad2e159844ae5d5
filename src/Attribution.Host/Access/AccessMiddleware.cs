using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Attribution.Core.Catalog;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Attribution.Host.Access;

/// <summary>
/// Authorizes each request or answers with the reason for its refusal. While neither keys nor users exist, the host
/// listens on loopback only, and every caller from this machine has all scopes. As soon as a key or user exists, every
/// endpoint that is not public requires credentials. Credentials that a browser sends automatically (session cookie,
/// proxy header, loopback address) permit writes only together with the token of a form that this host rendered.
/// </summary>
internal sealed class AccessMiddleware(
    RequestDelegate next, ApiCredentialCache keys, UserSessions sessions, IAntiforgery antiforgery,
    IProblemDetailsService problems)
{
    private const string Challenge = "Bearer realm=\"attribution\"";

    // With this challenge a browser prompts for a name and a password; the API key is the password.
    private const string BrowserChallenge = "Basic realm=\"attribution: any name, an API key as the password\", charset=\"UTF-8\"";

    /// <summary>
    /// Answers 401 without a valid key or session, 403 without the required scope or brand, and 400 without a required
    /// form token. Otherwise calls the endpoint.
    /// </summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (keys.IsEmpty)
        {
            return (LoopbackAccess.FindDenial(http) ?? DenyCrossSite(http)) is { } denial
                ? ForbidAsync(http, denial)
                : ContinueAsync(http, Caller.Local, needsToken: false);
        }

        // An endpoint without an access rule requires the scope 'admin', so that no endpoint is public by mistake.
        if (http.GetEndpoint() is not { } endpoint) return next(http);
        var needed = GetRequiredScope(endpoint);
        if (needed == KeyScopes.None) return ContinueAsync(http, null, needsToken: false);
        var queryKey = endpoint.Metadata.GetMetadata<KeyInQuery>() is not null && http.Request.Query["key"] is [{ Length: > 0 } given]
            ? given
            : null;
        if ((ReadKey(http.Request) ?? queryKey) is not { } text) return AuthorizeUserAsync(http, needed);
        if (keys.FindKey(text) is not { } key)
            return ChallengeAsync(http, "Invalid API key: it is unknown, mistyped, expired or revoked.");
        if (text == queryKey && key.Scopes != KeyScopes.Visit)
        {
            return ForbidAsync(http,
                $"The API key '{key.Name}' is not publishable and must not be sent in a URL. Revoke it, and create one that has only the scope 'visit'.");
        }

        var caller = Caller.FromKey(key);
        return FindDenial(http, caller, needed, $"The API key '{key.Name}'") is { } reason
            ? ForbidAsync(http, reason)
            : ContinueAsync(http, caller, needsToken: false);
    }

    private async Task AuthorizeUserAsync(HttpContext http, KeyScopes needed)
    {
        var (user, denial) = await sessions.AuthenticateAsync(http);
        var caller = user is null ? null : Caller.FromUser(user);
        // The page that shows a refusal names the user.
        if (caller is not null) http.Features.Set<ICallerFeature>(new CallerFeature(caller));
        if (denial is not null)
            await ForbidAsync(http, denial);
        else if (caller is null)
            await ChallengeAsync(http, keys.HasUsers
                ? "Sign in at /sign-in, or send an API key as 'Authorization: Bearer <key>'."
                : Browses(http)
                ? "This page needs a sign-in, but there is no user yet. Create one on the host: 'attribution users create <name> --role admin'. "
                    + "Until then, a browser can read with an API key as the password."
                : "An API key is required: send it as 'Authorization: Bearer <key>'. Create one with 'attribution keys create'.");
        else if (FindDenial(http, caller, needed, $"The user '{caller.Name}'") is { } reason)
            await ForbidAsync(http, reason);
        else
            await ContinueAsync(http, caller, needsToken: true);
    }

    private async Task ContinueAsync(HttpContext http, Caller? caller, bool needsToken)
    {
        needsToken |= http.GetEndpoint()?.Metadata.GetMetadata<RequiresFormToken>() is not null;
        if (needsToken && IsWrite(http.Request) && !await antiforgery.IsRequestValidAsync(http))
        {
            await WriteProblemAsync(http, StatusCodes.Status400BadRequest,
                "The form has expired or was not sent from this page: its token is missing or invalid. "
                + "Reload the page and submit the form again; programs use an API key.");
            return;
        }

        if (caller is not null) http.Features.Set<ICallerFeature>(new CallerFeature(caller));
        await next(http);
    }

    private static string? FindDenial(HttpContext http, Caller caller, KeyScopes needed, string who) =>
        !caller.HasScope(needed)
            ? caller.IsUser
                ? $"{who} has the role '{UserRoles.GetName(caller.Scopes)}', which does not permit this."
                : $"{who} lacks the required scope '{needed.ToString().ToLowerInvariant()}'."
        : caller.OnlyBrand is { } brand && BindBrand(http, brand) is { } other ? $"{who} is restricted to the brand '{brand}' and may not access '{other}'."
        : null;

    /// <summary>
    /// Refuses writes that a browser on this machine sends for a page of another site (<c>Sec-Fetch-Site</c>). Loopback
    /// callers have all scopes, but such a page must not use them.
    /// </summary>
    private static string? DenyCrossSite(HttpContext http) =>
        IsWrite(http.Request) && http.Request.Headers["Sec-Fetch-Site"] == "cross-site"
        && http.GetEndpoint() is { } endpoint && GetRequiredScope(endpoint) is not (KeyScopes.None or KeyScopes.Visit)
            ? "Pages of other sites may not write to this host, even from a browser on the same machine." : null;

    private static KeyScopes GetRequiredScope(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<AccessRule>()?.Scope ?? KeyScopes.Admin;

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    /// <summary>
    /// Adds the caller's brand to a query that accepts one and names none. Returns a different brand that the query
    /// names; otherwise null.
    /// </summary>
    private static string? BindBrand(HttpContext http, string brand)
    {
        if (http.GetEndpoint()!.Metadata.GetMetadata<QueryParameterNames>()?.Names.Contains("brand", StringComparer.Ordinal) != true) return null;
        var requested = http.Request.Query["brand"];
        if (requested.Count == 0) http.Request.QueryString = http.Request.QueryString.Add("brand", brand);
        return requested.FirstOrDefault(other => other != brand);
    }

    /// <summary>
    /// Reads the API key from the Authorization header. As a Basic password it is accepted for reads only, because a
    /// browser keeps sending it automatically, including from pages of other sites.
    /// </summary>
    private static string? ReadKey(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || header.Parameter is not { } parameter)
            return null;
        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter;
        if (!header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || IsWrite(request)) return null;
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private Task ChallengeAsync(HttpContext http, string detail)
    {
        var browses = Browses(http);
        if (browses && keys.HasUsers)
        {
            // The content of a submitted form is lost with its session, so a write returns to the start page.
            var back = IsWrite(http.Request) ? "/" : http.Request.Path + http.Request.QueryString;
            http.Response.Redirect(QueryHelpers.AddQueryString("/sign-in", "next", back));
            return Task.CompletedTask;
        }

        http.Response.Headers.WWWAuthenticate = browses ? BrowserChallenge : Challenge;
        return WriteProblemAsync(http, StatusCodes.Status401Unauthorized, detail);
    }

    private static bool Browses(HttpContext http) =>
        http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private Task ForbidAsync(HttpContext http, string detail) =>
        WriteProblemAsync(http, StatusCodes.Status403Forbidden, detail);

    private async Task WriteProblemAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        await problems.TryWriteAsync(
            new ProblemDetailsContext { HttpContext = http, ProblemDetails = { Detail = detail, Status = status } });
    }

    private sealed record CallerFeature(Caller Caller) : ICallerFeature;
}

/// <summary>Names of the query parameters that an endpoint accepts.</summary>
/// <param name="Names">The names as written in a URL.</param>
internal sealed record QueryParameterNames(IReadOnlyList<string> Names);

/// <summary>
/// Check of callers while loopback callers have all scopes. A request must come from this machine and name it in its
/// Host header. Otherwise a web page whose name resolves to 127.0.0.1 (DNS rebinding), or a proxy that forwards remote
/// callers, would have all scopes.
/// </summary>
internal static class LoopbackAccess
{
    /// <summary>
    /// Returns the reason why a caller is not local; null for a local caller. A connection without an address (an
    /// in-memory server) is local.
    /// </summary>
    public static string? FindDenial(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
            return "Only callers on this machine are allowed, because this host has no API keys and no users.";
        return IsLoopback(http.Request.Host.Host)
            ? null
            : "The Host header must be localhost, 127.0.0.1 or [::1], because this host has no API keys and no users. A reverse proxy must set it accordingly.";
    }

    /// <summary>Indicates whether a host name or address always denotes this machine.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}

/// <summary>Authenticated caller: defaults for the events it sends, and its permissions.</summary>
/// <param name="Source">Source of events that name none, and of all rejections.</param>
/// <param name="Brand">Brand of events that name none, and of all rejections.</param>
/// <param name="MaySpeakForOthers">True if events may name another source.</param>
internal sealed record Caller(string Source, string Brand, bool MaySpeakForOthers)
{
    /// <summary>Gets the only brand that the caller may access; null for every brand.</summary>
    public string? OnlyBrand { get; init; }

    /// <summary>Gets the name of the user or key; <c>local</c> without either.</summary>
    public string Name { get; init; } = "local";

    /// <summary>Gets the key's id; null without a key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Gets a value indicating whether the caller's events state amounts in minor units.</summary>
    public bool SendsMinorUnits { get; init; }

    /// <summary>Gets the scopes of the caller.</summary>
    public KeyScopes Scopes { get; init; }

    /// <summary>Gets a value indicating whether the caller is a signed-in user.</summary>
    public bool IsUser { get; init; }

    /// <summary>
    /// The caller of every request while neither API keys nor users exist; the host then answers only this machine.
    /// </summary>
    public static readonly Caller Local = new("default", BrandSettings.DefaultId, MaySpeakForOthers: true)
    {
        Scopes = KeyScopes.Ingest | KeyScopes.Admin | KeyScopes.Visit,
    };

    /// <summary>Creates the caller that a key denotes.</summary>
    public static Caller FromKey(ApiKeyDocument key) => new(key.Source, key.Brand ?? BrandSettings.DefaultId, key.MayNameOtherSources)
    {
        OnlyBrand = key.Brand, Name = key.Name, KeyId = key.Id, Scopes = key.Scopes, SendsMinorUnits = key.SendsMinorUnits,
    };

    /// <summary>Creates the caller for a signed-in user.</summary>
    public static Caller FromUser(UserDocument user) => new("default", user.Brand ?? BrandSettings.DefaultId, MaySpeakForOthers: false)
    {
        OnlyBrand = user.Brand, Name = user.Name, Scopes = user.Scopes, IsUser = true,
    };

    /// <summary>Returns the caller of an authorized request.</summary>
    public static Caller FromContext(HttpContext http) => http.Features.GetRequiredFeature<ICallerFeature>().Caller;

    /// <summary>Indicates whether the caller has a scope or one that includes it.</summary>
    public bool HasScope(KeyScopes needed) => (Scopes & needed) == needed || needed switch
    {
        KeyScopes.Read => (Scopes & (KeyScopes.Edit | KeyScopes.Admin)) != 0,
        KeyScopes.Edit => (Scopes & KeyScopes.Admin) != 0,
        _ => false,
    };
}

/// <summary>Request feature with the authenticated caller; set once the request is authorized.</summary>
internal interface ICallerFeature
{
    /// <summary>Gets the caller.</summary>
    Caller Caller { get; }
}
