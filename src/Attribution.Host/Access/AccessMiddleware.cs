using System.Net.Http.Headers;
using System.Text;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;

namespace Attribution.Host.Access;

/// <summary>
/// Lets a request through to its endpoint, or says why not. While there is neither key nor user the host listens on loopback alone, and whoever
/// calls from this machine, meaning this machine, may do everything; from the first key or user on, every endpoint that is not open to all asks for one.
/// What a browser sends by itself (a session, a proxy's word, being on this machine) writes only with the token of a form of ours.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, ApiCredentialCache keys, UserSessions sessions, IAntiforgery antiforgery, IProblemDetailsService problems)
{
    private const string Challenge = "Bearer realm=\"attribution\"";

    // A browser asks its user for a name and a password then; the key is the password.
    private const string BrowserChallenge = "Basic realm=\"attribution: any name, an API key as the password\", charset=\"UTF-8\"";

    /// <summary>Answers 401 without a key or session that holds, 403 where it may not, 400 without a form's token where one is needed, else the endpoint's own answer.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (keys.IsEmpty) return (LoopbackAccess.FindDenial(http) ?? DenyCrossSite(http)) is { } refusal ? ForbidAsync(http, refusal) : ContinueAsync(http, Caller.Local, needsToken: false);

        // What does not say who may call it is the operator's alone: nothing is open by oversight.
        if (http.GetEndpoint() is not { } endpoint) return next(http);
        var needed = GetRequiredScope(endpoint);
        if (needed == KeyScopes.None) return ContinueAsync(http, null, needsToken: false);
        var inAddress = endpoint.Metadata.GetMetadata<KeyInQuery>() is not null && http.Request.Query["key"] is [{ Length: > 0 } given] ? given : null;
        if ((ReadKey(http.Request) ?? inAddress) is not { } text) return AuthorizeUserAsync(http, needed);
        if (keys.FindKey(text) is not { } key)
            return ChallengeAsync(http, "The API key is none that holds: unknown, mistyped, expired or revoked.");
        if (text == inAddress && key.Scopes != KeyScopes.Visit)
            return ForbidAsync(http, $"The API key '{key.Name}' is none to be published and must not stand in an address: revoke it, and make one with the scope 'visit' alone.");
        return FindDenial(http, Caller.Of(key), needed, $"The API key '{key.Name}'") is { } wrong ? ForbidAsync(http, wrong) : ContinueAsync(http, Caller.Of(key), needsToken: false);
    }

    private async Task AuthorizeUserAsync(HttpContext http, KeyScopes needed)
    {
        var (user, unknown) = await sessions.AuthenticateAsync(http);
        // A page that tells of a refusal says to whom.
        if (user is not null) http.Features.Set<ICallerFeature>(new CallerFeature(Caller.FromUser(user)));
        if (unknown is not null)
            await ForbidAsync(http, $"The proxy has signed in '{unknown}', and there is no such user here: 'attribution users create' makes one.");
        else if (user is null)
            await ChallengeAsync(http, keys.HasUsers
                ? "Sign in at /sign-in, or send an API key as 'Authorization: Bearer <key>'."
                : "An API key is needed: send it as 'Authorization: Bearer <key>'. 'attribution keys create' makes one.");
        else if (FindDenial(http, Caller.FromUser(user), needed, $"The user '{user.Name}'") is { } wrong)
            await ForbidAsync(http, wrong);
        else
            await ContinueAsync(http, Caller.FromUser(user), needsToken: true);
    }

    private async Task ContinueAsync(HttpContext http, Caller? caller, bool needsToken)
    {
        needsToken |= http.GetEndpoint()?.Metadata.GetMetadata<RequiresFormToken>() is not null;
        if (needsToken && IsWrite(http.Request) && !await antiforgery.IsRequestValidAsync(http))
        {
            await WriteProblemAsync(http, StatusCodes.Status400BadRequest, "The form is too old, or none of this page's (its token is missing or another's). Open the page again and send it from there; programs use an API key.");
            return;
        }

        if (caller is not null) http.Features.Set<ICallerFeature>(new CallerFeature(caller));
        await next(http);
    }

    private static string? FindDenial(HttpContext http, Caller caller, KeyScopes needed, string who) =>
        !caller.Scopes.Satisfies(needed)
            ? caller.IsUser ? $"{who} is a {UserRoles.GetName(caller.Scopes)}, who may not do this." : $"{who} has not the scope '{needed.ToString().ToLowerInvariant()}' that this needs."
        : caller.OnlyBrand is { } brand && BindBrand(http, brand) is { } other ? $"{who} is of the brand '{brand}' and may not ask for '{other}'."
        : null;

    /// <summary>Browsers say where a request comes from: while everybody on this machine may do everything, a page from elsewhere that is open on it may not.</summary>
    private static string? DenyCrossSite(HttpContext http) =>
        IsWrite(http.Request) && http.Request.Headers["Sec-Fetch-Site"] == "cross-site" && http.GetEndpoint() is { } endpoint && GetRequiredScope(endpoint) is not (KeyScopes.None or KeyScopes.Visit)
            ? "A page of another site may not write here, though it is open on this machine." : null;

    private static KeyScopes GetRequiredScope(Endpoint endpoint) => endpoint.Metadata.GetMetadata<AccessRule>()?.Scope ?? KeyScopes.Admin;

    private static bool IsWrite(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    /// <summary>Makes a question that takes a brand one about this brand; answers the other brand where it names one.</summary>
    private static string? BindBrand(HttpContext http, string brand)
    {
        if (http.GetEndpoint()!.Metadata.GetMetadata<QueryParameterNames>()?.Names.Contains("brand", StringComparer.Ordinal) != true) return null;
        var asked = http.Request.Query["brand"];
        if (asked.Count == 0) http.Request.QueryString = http.Request.QueryString.Add("brand", brand);
        return asked.FirstOrDefault(one => one != brand);
    }

    /// <summary>
    /// The key that the request bears. As a password, which a browser goes on sending by itself and from anywhere, it only ever reads.
    /// </summary>
    private static string? ReadKey(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is not { } parameter) return null;
        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter;
        if (!header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || IsWrite(request)) return null;
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private Task ChallengeAsync(HttpContext http, string detail)
    {
        var browses = http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (browses && keys.HasUsers)
        {
            // What a form held is gone with the session; the page that it stood on is found again.
            var back = IsWrite(http.Request) ? "/" : http.Request.Path + http.Request.QueryString;
            http.Response.Redirect(QueryHelpers.AddQueryString("/sign-in", "next", back));
            return Task.CompletedTask;
        }

        http.Response.Headers.WWWAuthenticate = browses ? BrowserChallenge : Challenge;
        return WriteProblemAsync(http, StatusCodes.Status401Unauthorized, detail);
    }

    private Task ForbidAsync(HttpContext http, string detail) => WriteProblemAsync(http, StatusCodes.Status403Forbidden, detail);

    private async Task WriteProblemAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = { Detail = detail, Status = status } });
    }

    private sealed record CallerFeature(Caller Caller) : ICallerFeature;
}

/// <summary>Who calls, once the gate has let them through.</summary>
internal interface ICallerFeature
{
    /// <summary>The caller.</summary>
    Caller Caller { get; }
}

/// <summary>The query parameters that an endpoint takes.</summary>
/// <param name="Names">As written in an address.</param>
internal sealed record QueryParameterNames(IReadOnlyList<string> Names);
