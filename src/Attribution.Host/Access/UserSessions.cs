using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>
/// Sessions of users: the framework's session cookie, or the header of a trusted reverse proxy. A session holds the
/// user's name and a digest of the password hash. It ends when the user is removed or the password changes; permissions
/// are looked up for each request.
/// </summary>
internal sealed class UserSessions(ApiCredentialCache credentials, IOptions<AttributionHostOptions> host)
{
    /// <summary>Authentication scheme of the cookie.</summary>
    public const string Scheme = "session";

    private const string PasswordClaim = "password";

    private readonly string header = host.Value.SignIn.UserHeader;
    private readonly IReadOnlyList<IPNetwork> proxies = host.Value.SignIn.ParseProxies([]);

    /// <summary>
    /// Authenticates a request and sets its principal. Returns the signed-in user; null without one. <c>Unknown</c> is
    /// the name that a proxy has signed in if no such user exists.
    /// </summary>
    public async ValueTask<(UserDocument? User, string? Unknown)> AuthenticateAsync(HttpContext http)
    {
        if (ReadProxyUser(http) is { } name)
        {
            if (credentials.FindUser(name) is not { } proxied) return (null, name);
            http.User = CreatePrincipal(proxied, "proxy");
            return (proxied, null);
        }

        var session = await http.AuthenticateAsync(Scheme);
        if (session.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } signedIn
            || credentials.FindUser(signedIn) is not { PasswordHash: not null } user
            || session.Principal.FindFirstValue(PasswordClaim) != GetPasswordDigest(user))
        {
            http.User = new();
            return (null, null);
        }

        http.User = session.Principal;
        return (user, null);
    }

    /// <summary>
    /// Opens a session. Callers must check <see cref="IsCookieProtected"/> first: over plain HTTP the cookie could be
    /// intercepted.
    /// </summary>
    public static Task SignInAsync(HttpContext http, UserDocument user) =>
        http.SignInAsync(Scheme, CreatePrincipal(user, Scheme));

    /// <summary>Ends the session of a request if it has one.</summary>
    public static Task SignOutAsync(HttpContext http) => http.SignOutAsync(Scheme);

    /// <summary>
    /// Indicates whether the cookie of a request cannot be intercepted: it uses HTTPS or comes from this machine.
    /// </summary>
    public static bool IsCookieProtected(HttpContext http) =>
        http.Request.IsHttps || http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    private string? ReadProxyUser(HttpContext http) =>
        header.Length > 0 && http.Connection.RemoteIpAddress is { } address
        && proxies.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        && http.Request.Headers[header] is [{ Length: > 0 } name] ? name : null;

    private static ClaimsPrincipal CreatePrincipal(UserDocument user, string how) =>
        new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, user.Name), new(PasswordClaim, GetPasswordDigest(user))], how));

    private static string GetPasswordDigest(UserDocument user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash ?? "")).AsSpan(0, 12));
}
