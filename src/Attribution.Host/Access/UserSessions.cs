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
/// Who is signed in: by the framework's session cookie, or by the word of a reverse proxy. A session names its user and the password it was opened
/// with; it ends when either goes, and what its user may do is looked up anew with each request.
/// </summary>
internal sealed class UserSessions(ApiCredentialCache ring, IOptions<AttributionHostOptions> host)
{
    /// <summary>The cookie's authentication scheme.</summary>
    public const string Scheme = "session";

    private const string PasswordClaim = "password";

    private readonly string header = host.Value.SignIn.UserHeader;
    private readonly IReadOnlyList<IPNetwork> proxies = host.Value.SignIn.ParseProxies([]);

    /// <summary>The signed-in user of a request, whom it is from then on; null without one. <c>Unknown</c> is a user that a proxy vouches for and that was never made.</summary>
    public async ValueTask<(UserDocument? User, string? Unknown)> AuthenticateAsync(HttpContext http)
    {
        if (ReadProxyUser(http) is { } name)
        {
            if (ring.FindUser(name) is not { } vouched) return (null, name);
            http.User = CreatePrincipal(vouched, "proxy");
            return (vouched, null);
        }

        var session = await http.AuthenticateAsync(Scheme);
        if (session.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } signedIn || ring.FindUser(signedIn) is not { PasswordHash: not null } user
            || session.Principal.FindFirstValue(PasswordClaim) != GetPasswordDigest(user))
        {
            http.User = new();
            return (null, null);
        }

        http.User = session.Principal;
        return (user, null);
    }

    /// <summary>Opens a session. Over plain http only on this machine: elsewhere everybody on the way could take the cookie.</summary>
    public static Task SignInAsync(HttpContext http, UserDocument user) => http.SignInAsync(Scheme, CreatePrincipal(user, Scheme));

    /// <summary>Ends the session of a request, if it has one.</summary>
    public static Task SignOutAsync(HttpContext http) => http.SignOutAsync(Scheme);

    /// <summary>Whether the cookie of a request cannot be read on the way.</summary>
    public static bool IsCookieProtected(HttpContext http) => http.Request.IsHttps || http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    private string? ReadProxyUser(HttpContext http) =>
        header.Length > 0 && http.Connection.RemoteIpAddress is { } address && proxies.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        && http.Request.Headers[header] is [{ Length: > 0 } name] ? name : null;

    private static ClaimsPrincipal CreatePrincipal(UserDocument user, string how) =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.Name), new(PasswordClaim, GetPasswordDigest(user))], how));

    private static string GetPasswordDigest(UserDocument user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash ?? "")).AsSpan(0, 12));
}
