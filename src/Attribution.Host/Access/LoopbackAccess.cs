using System.Net;
using Attribution.Host.Configuration;

namespace Attribution.Host.Access;

/// <summary>
/// While loopback callers have all scopes, a request must come from this machine and mean this machine: a page on the web whose name was
/// bound to 127.0.0.1 (DNS rebinding), or a proxy that forwards strangers under their own host name, must not pass for its operator.
/// </summary>
internal static class LoopbackAccess
{
    /// <summary>Why a caller is not local; null for one that is. A connection without an address (a test's in-memory server) is.</summary>
    public static string? FindDenial(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
            return "Only callers on this machine are answered: this host has no API keys and no users.";
        return ListenAddresses.IsLoopback(http.Request.Host.Host) ? null
            : "Only requests to localhost, 127.0.0.1 or [::1] by that name are answered: this host has no API keys and no users. A reverse proxy sends such a Host header.";
    }
}
