using Attribution.Host.Hosting;
using Microsoft.AspNetCore.Connections;
using OpenTelemetry.Metrics;

namespace Attribution.Host.Observability;

/// <summary>
/// Server of <c>/metrics</c> in the format of Prometheus, on an address of its own: it needs no key, answers nothing else,
/// and shares no limits with the host.
/// </summary>
internal static class MetricsServer
{
    /// <summary>Starts the server. Disposing it stops it.</summary>
    /// <exception cref="StartupException">The address cannot be listened on.</exception>
    public static async Task<WebApplication> StartAsync(string url, MeterProvider meters, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(url);
        builder.Services.AddOptions();
        var app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, "/metrics", null, null);
        try
        {
            await app.StartAsync(cancellation);
            return app;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            await app.DisposeAsync();
            throw StartupException.ForEnvironment(
                e.InnerException is AddressInUseException
                    ? $"Telemetry:MetricsUrl: the port of {url} is in use. Choose another."
                    : $"Telemetry:MetricsUrl: cannot listen on {url}: {e.Message}", e);
        }
    }
}
