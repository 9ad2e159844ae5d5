using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Hosting;

/// <summary>Server limits and middleware that every request passes before it reaches an endpoint.</summary>
internal static class WebPipeline
{
    /// <summary>
    /// Maximum size of a request body in bytes (1 MiB). A streaming endpoint raises it for its own requests.
    /// </summary>
    public const long MaxBodySize = 1 << 20;

    /// <summary>
    /// Maximum duration of an orderly stop. Unfinished work continues after the next start; nothing is lost.
    /// </summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    /// <summary>Configures the addresses to listen on and the limits of requests.</summary>
    public static void Add(WebApplicationBuilder builder, IReadOnlyList<string> urls)
    {
        builder.WebHost.UseUrls([.. urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        builder.Services.AddRequestTimeouts(_ => { });
        builder.Services.AddOptions<RequestTimeoutOptions>().Configure<IOptions<AttributionHostOptions>>((timeouts, host) =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = host.Value.RequestTimeout, TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
            });
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>
    /// Adds the middleware in order: proxies, security headers, problem details, timeouts, access, rate limit, audit;
    /// and the health endpoints.
    /// </summary>
    public static void Use(WebApplication app)
    {
        app.UseNamedProxies();
        app.Use(SecurityHeaders);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseMiddleware<AccessMiddleware>();
        app.UseWhen(HasKey, limited => limited.UseMiddleware<RateLimitMiddleware>());
        app.UseWhen(IsAudited, audited => audited.UseMiddleware<AuditMiddleware>());
        app.MapHealth();
    }

    /// <summary>Returns whether an API key authorized a request. Other callers are not limited.</summary>
    private static bool HasKey(HttpContext http) => http.Features.Get<ICallerFeature>()?.Caller.KeyId is not null;

    /// <summary>Returns whether a request changes something that only editors and administrators may change.</summary>
    private static bool IsAudited(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint() is { } endpoint
        && (endpoint.Metadata.GetMetadata<AccessRule>()?.Scope ?? KeyScopes.Admin) is KeyScopes.Admin or KeyScopes.Edit;

    private static Task SecurityHeaders(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            // Answers that depend on the caller's permissions must not be cached.
            if (headers.CacheControl.Count == 0
                && (http.Request.Path.StartsWithSegments("/v1")
                    || headers.ContentType.ToString().StartsWith("text/html", StringComparison.Ordinal)))
                headers.CacheControl = "no-store";
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'";
            return Task.CompletedTask;
        });
        return next(http);
    }
}
