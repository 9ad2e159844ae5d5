using System.Net;

namespace Attribution.Host.Access;

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
