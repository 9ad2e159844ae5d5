using System.Net;

namespace Attribution.Host.Hosting;

/// <summary>
/// While loopback callers have all scopes, a request must come from this machine and mean this machine: a page on the web whose name was
/// bound to 127.0.0.1 (DNS rebinding), or a proxy that forwards strangers under their own host name, must not pass for its operator.
/// </summary>
public sealed class LocalCallers(RequestDelegate next, IProblemDetailsService problems)
{
    /// <summary>Answers 403 to a caller that is not local. A connection without an address (a test's in-memory server) is.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
        {
            await RefuseAsync(http, "Only callers on this machine are answered: this host has no API keys.");
            return;
        }

        if (!ListenAddresses.IsLoopback(http.Request.Host.Host))
        {
            await RefuseAsync(http, "Only requests to localhost, 127.0.0.1 or [::1] by that name are answered: this host has no API keys. A reverse proxy sends such a Host header.");
            return;
        }

        await next(http);
    }

    private async Task RefuseAsync(HttpContext http, string detail)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = http, ProblemDetails = { Detail = detail, Status = http.Response.StatusCode } });
    }
}
