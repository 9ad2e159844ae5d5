using Attribution.Host.Access;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

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
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Content security policy of every answer that sets none itself: scripts, styles, images and requests of this host
    /// only, nothing inline.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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
        RemoveMediaTypeRouting(builder.Services);
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>
    /// Adds the middleware in order: proxies, security headers, problem details, timeouts, access, media
    /// types, rate limit, audit; and the health endpoints.
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
        app.Use(CheckMediaTypeAsync);
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

    /// <summary>
    /// Removes the framework's choice of endpoints by media type. It answers a body that no endpoint reads from an endpoint
    /// of its own, which has no access rule and does not know what would be read.
    /// </summary>
    private static void RemoveMediaTypeRouting(IServiceCollection services)
    {
        var policy = services.Single(
            service => service.ServiceType == typeof(MatcherPolicy) && service.ImplementationType?.Name == "AcceptsMatcherPolicy");
        services.Remove(policy);
    }

    /// <summary>Answers a body of a media type that the endpoint does not read with 415, naming those it reads.</summary>
    private static Task CheckMediaTypeAsync(HttpContext http, RequestDelegate next)
    {
        var read = http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes;
        var sent = http.Request.ContentType;
        if (read is null || string.IsNullOrEmpty(sent)
            || (MediaTypeHeaderValue.TryParse(sent, out var type)
                && read.Any(one => type.MediaType.Equals(one, StringComparison.OrdinalIgnoreCase))))
            return next(http);
        http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return http.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new()
        {
            HttpContext = http,
            ProblemDetails =
            {
                Status = StatusCodes.Status415UnsupportedMediaType,
                Detail = $"The content type of the body is not supported. Send {string.Join(" or ", read)}.",
            },
        }).AsTask();
    }

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
            if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = ContentSecurityPolicy;
            return Task.CompletedTask;
        });
        return next(http);
    }
}
