using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>
/// Sessions of users: the framework's session cookie together with a session in the store, or the header of a trusted
/// reverse proxy. The cookie holds the user's name, the session's secret and a digest of the password hash. A session
/// ends on every host when the user signs out, is disabled or removed, when the password changes, and after its lifetime;
/// permissions are looked up for each request.
/// </summary>
internal sealed class UserSessions(
    ApiCredentialCache credentials, IUserStore store, ClientAddress addresses, TimeProvider time,
    IOptions<AttributionHostOptions> host)
{
    /// <summary>Authentication scheme of the cookie.</summary>
    public const string Scheme = "session";

    private const string PasswordClaim = "password";
    private const string SecretClaim = "session";
    private const int SecretBytes = 16;

    /// <summary>Tolerated difference between the clocks of hosts.</summary>
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    private readonly string header = host.Value.SignIn.UserHeader;

    /// <summary>
    /// Authenticates a request and sets its principal. Returns the signed-in user; null without one. <c>Denial</c> is the
    /// reason why a user that a proxy has signed in is refused.
    /// </summary>
    public async ValueTask<(UserDocument? User, string? Denial)> AuthenticateAsync(HttpContext http)
    {
        if (ReadProxyUser(http) is { } name)
        {
            var proxied = credentials.FindUser(name);
            if (proxied is not { DisabledAt: null })
            {
                return (null, $"The proxy has signed in '{name}', but this user " + (proxied is null
                    ? "does not exist here. Create it with 'attribution users create'."
                    : "is disabled here. An administrator can enable it under Settings."));
            }

            http.User = CreatePrincipal(proxied, "proxy");
            return (proxied, null);
        }

        var session = await http.AuthenticateAsync(Scheme);
        if (session.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } signedIn
            || credentials.FindUser(signedIn) is not { PasswordHash: not null, DisabledAt: null } user
            || session.Principal.FindFirstValue(PasswordClaim) != GetPasswordDigest(user)
            || !await IsOpenAsync(session.Principal, signedIn, http.RequestAborted))
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
    public async Task SignInAsync(HttpContext http, UserDocument user, CancellationToken cancellation)
    {
        var (now, secret) = (Timestamp.From(time.GetUtcNow()), RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true));
        await store.AddSessionAsync(
            new(GetId(secret), user.Name, now), now - host.Value.SignIn.SessionLifetime, cancellation);
        await http.SignInAsync(Scheme, CreatePrincipal(user, Scheme, secret));
    }

    /// <summary>Ends the session of a request on every host if it has one.</summary>
    /// <param name="http">The request.</param>
    /// <param name="everywhere">True to end all sessions of the user.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>The name of the user; null without a session.</returns>
    public async Task<string?> SignOutAsync(HttpContext http, bool everywhere, CancellationToken cancellation)
    {
        var principal = (await http.AuthenticateAsync(Scheme)).Principal;
        var name = principal?.FindFirstValue(ClaimTypes.NameIdentifier);
        // A cookie of a session that has ended must not end others.
        var isOpen = name is not null && await IsOpenAsync(principal!, name, cancellation);
        if (isOpen && everywhere) await store.RemoveSessionsAsync(name!, cancellation);
        else if (isOpen) await store.RemoveSessionAsync(GetId(principal!.FindFirstValue(SecretClaim)!), cancellation);
        await http.SignOutAsync(Scheme);
        return isOpen ? name : null;
    }

    /// <summary>
    /// Indicates whether the cookie of a request cannot be intercepted: it uses HTTPS or comes from this machine.
    /// </summary>
    public static bool IsCookieProtected(HttpContext http) =>
        http.Request.IsHttps || http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    /// <summary>
    /// Returns whether the store has the session and it is within its lifetime. A session of the future is none: the
    /// clock was wrong when it was opened.
    /// </summary>
    private async ValueTask<bool> IsOpenAsync(ClaimsPrincipal principal, string user, CancellationToken cancellation)
    {
        if (principal.FindFirstValue(SecretClaim) is not { } secret
            || await store.FindSessionAsync(GetId(secret), cancellation) is not { } session || session.User != user) return false;
        var age = Timestamp.From(time.GetUtcNow()) - session.CreatedAt;
        return age >= -MaxClockSkew && age < host.Value.SignIn.SessionLifetime;
    }

    private string? ReadProxyUser(HttpContext http) =>
        header.Length > 0 && http.Connection.RemoteIpAddress is { } address && addresses.IsProxy(address)
        && http.Request.Headers[header] is [{ Length: > 0 } name] ? name : null;

    private static ClaimsPrincipal CreatePrincipal(UserDocument user, string how, string secret = "") =>
        new(new ClaimsIdentity(
            [
                new(ClaimTypes.NameIdentifier, user.Name), new(PasswordClaim, GetPasswordDigest(user)),
                new(SecretClaim, secret),
            ],
            how));

    // The store holds a hash, so that reading it does not reveal the secret of a session.
    private static string GetId(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static string GetPasswordDigest(UserDocument user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash ?? "")).AsSpan(0, 12));
}
