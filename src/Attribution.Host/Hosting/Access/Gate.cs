using System.Net.Http.Headers;
using System.Text;
using Attribution.Storage;

namespace Attribution.Host.Hosting.Access;

/// <summary>
/// Lets a request through to its endpoint, or says why not. While no key exists the host listens on loopback alone, and whoever calls from
/// this machine, meaning this machine, may do everything; from the first key on, every endpoint that is not open to all asks for one.
/// </summary>
internal sealed class Gate(RequestDelegate next, KeyRing keys, IProblemDetailsService problems)
{
    private const string Challenge = "Bearer realm=\"attribution\"";

    // A browser asks its user for a name and a password then; the key is the password.
    private const string BrowserChallenge = "Basic realm=\"attribution: any name, an API key as the password\", charset=\"UTF-8\"";

    /// <summary>Answers 401 without a key that holds, 403 where it may not, else the endpoint's own answer.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (keys.IsEmpty)
        {
            if (LocalCallers.Refuse(http) is { } refusal) return RefuseAsync(http, StatusCodes.Status403Forbidden, refusal);
            http.Features.Set<ICallerFeature>(new CallerFeature(Caller.Local));
            return next(http);
        }

        // What does not say who may call it is the operator's alone: nothing is open by oversight.
        if (http.GetEndpoint() is not { } endpoint) return next(http);
        var needed = endpoint.Metadata.GetMetadata<AccessRule>()?.Scope ?? KeyScopes.Admin;
        if (needed == KeyScopes.None) return next(http);
        var inAddress = endpoint.Metadata.GetMetadata<KeyInAddress>() is not null && http.Request.Query["key"] is [{ Length: > 0 } given] ? given : null;
        if ((KeyOf(http.Request) ?? inAddress) is not { } text)
            return ChallengeAsync(http, "An API key is needed: send it as 'Authorization: Bearer <key>'. 'attribution keys create' makes one.");
        if (keys.Find(text) is not { } key)
            return ChallengeAsync(http, "The API key is none that holds: unknown, mistyped, expired or revoked.");
        if (text == inAddress && key.Scopes != KeyScopes.Visit)
            return RefuseAsync(http, StatusCodes.Status403Forbidden, $"The API key '{key.Name}' is none to be published and must not stand in an address: revoke it, and make one with the scope 'visit' alone.");
        if (!key.Scopes.Allow(needed))
            return RefuseAsync(http, StatusCodes.Status403Forbidden, $"The API key '{key.Name}' has not the scope '{needed.ToString().ToLowerInvariant()}' that this needs.");
        if (key.Brand is { } brand && Bind(http, brand) is { } other)
            return RefuseAsync(http, StatusCodes.Status403Forbidden, $"The API key '{key.Name}' is of the brand '{brand}' and may not ask for '{other}'.");
        http.Features.Set<ICallerFeature>(new CallerFeature(Caller.Of(key)));
        return next(http);
    }

    /// <summary>Makes a question that takes a brand one about this brand; answers the other brand where it names one.</summary>
    private static string? Bind(HttpContext http, string brand)
    {
        if (http.GetEndpoint()!.Metadata.GetMetadata<QueryNames>()?.Names.Contains("brand", StringComparer.Ordinal) != true) return null;
        var asked = http.Request.Query["brand"];
        if (asked.Count == 0) http.Request.QueryString = http.Request.QueryString.Add("brand", brand);
        return asked.FirstOrDefault(one => one != brand);
    }

    /// <summary>
    /// The key that the request bears. As a password, which a browser goes on sending by itself and from anywhere, it only ever reads.
    /// </summary>
    private static string? KeyOf(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header.Parameter is not { } parameter) return null;
        if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter;
        if (!header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))) return null;
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private Task ChallengeAsync(HttpContext http, string detail)
    {
        var browses = http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        http.Response.Headers.WWWAuthenticate = browses ? BrowserChallenge : Challenge;
        return RefuseAsync(http, StatusCodes.Status401Unauthorized, detail);
    }

    private async Task RefuseAsync(HttpContext http, int status, string detail)
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
internal sealed record QueryNames(IReadOnlyList<string> Names);
