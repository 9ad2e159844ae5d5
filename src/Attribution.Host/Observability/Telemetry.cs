using System.Diagnostics;
using System.Diagnostics.Metrics;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Attribution.Host.Observability;

/// <summary>
/// Export of metrics and traces: by OTLP, and metrics for Prometheus. Each stage has one meter, <c>Attribution.Ingest</c> to <c>Attribution.Report</c>. All
/// spans of the product come from <see cref="Source"/>, in addition to those of the web server. Tags have closed sets
/// of values: no ids and no text from requests.
/// </summary>
internal static class Telemetry
{
    /// <summary>Name of the source of all spans, and prefix of every meter's name.</summary>
    public const string Name = "Attribution";

    /// <summary>
    /// Source of all spans. A pack carries the trace context of its request, so that one trace covers the path from the
    /// request to the commit.
    /// </summary>
    public static readonly ActivitySource Source = new(Name, AttributionHost.Version);

    /// <summary>
    /// Bucket boundaries of histograms in seconds, from one millisecond to one month, for both the duration of a commit
    /// and the age of an event. The default boundaries are meant for milliseconds and would put everything below five
    /// seconds into one bucket.
    /// </summary>
    internal static readonly InstrumentAdvice<double> SecondsBuckets = new()
    {
        HistogramBucketBoundaries =
        [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
            300, 900, 3_600, 21_600, 86_400, 604_800, 2_592_000,
        ],
    };

    /// <summary>Registers the export, which starts with the host and flushes when the host stops.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics();
        services.AddValidatedOptions<TelemetryOptions>(configuration, "Telemetry").ValidateWith((telemetry, _) => telemetry.FindFaults());
        services.AddSingleton<HostMetrics>().AddHostedService<ClockWatch>();
        services.AddSingleton<CreateWatchedSeries>(provider => provider.GetRequiredService<HostMetrics>().CreateWatchedSeries);
        return services.AddHostedService<TelemetryExport>();
    }

    /// <summary>Starts a span under the given contexts (W3C <c>traceparent</c>). Returns null if nothing listens to spans.</summary>
    /// <param name="name">Name of the span, from a closed set.</param>
    /// <param name="kind">Side of the bus.</param>
    /// <param name="contexts">The first context is the parent, the others become links; null entries are ignored.</param>
    public static Activity? StartSpan(string name, ActivityKind kind, IEnumerable<string?> contexts)
    {
        if (!Source.HasListeners())
            return null;
        var known = contexts.Distinct(StringComparer.Ordinal)
            .Select(text => ActivityContext.TryParse(text, null, isRemote: true, out var context) ? context : default)
            .Where(context => context != default).ToList();
        return Source.StartActivity(
            name, kind, known.FirstOrDefault(), tags: null, known.Skip(1).Select(context => new ActivityLink(context)));
    }

    private sealed class TelemetryExport(
        IOptions<TelemetryOptions> options, HostSettings host, IEnumerable<CreateWatchedSeries> watched) : IHostedService, IDisposable
    {
        private MeterProvider? meters;
        private TracerProvider? traces;
        private WebApplication? server;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var telemetry = options.Value;
            if (telemetry is { Collector: null, MetricsUrl.Length: 0 })
                return;
            var resource = ResourceBuilder.CreateDefault().AddService(
                "attribution", serviceVersion: AttributionHost.Version,
                serviceInstanceId: $"{host.Instance}@{Environment.MachineName}", autoGenerateServiceInstanceId: false)
                .AddAttributes([new("attribution.roles", string.Join(',', host.Roles.Order()).ToLowerInvariant())]);
            var measured = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter($"{Name}.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
            if (telemetry.MetricsUrl.Length > 0) measured.AddPrometheusExporter();
            if (telemetry.Collector is { } collector) AddCollector(collector);
            meters = measured.Build();
            foreach (var create in watched) create();
            if (telemetry.MetricsUrl.Length > 0) server = await MetricsServer.StartAsync(telemetry.MetricsUrl, meters, cancellationToken);

            void AddCollector(Uri address)
            {
                measured.AddOtlpExporter((exporter, reader) =>
                {
                    To(exporter, address, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)telemetry.ExportEvery.TotalMilliseconds;
                });
                traces = Sdk.CreateTracerProviderBuilder()
                    .SetResourceBuilder(resource)
                    .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(telemetry.TracedShare)))
                    .AddSource(Name, "Microsoft.AspNetCore")
                    .AddOtlpExporter(exporter => To(exporter, address, "v1/traces"))
                    .Build();
            }

            void To(OtlpExporterOptions exporter, Uri address, string signal)
            {
                exporter.Protocol = telemetry.Protocol;
                exporter.Endpoint = telemetry.Protocol == OtlpExportProtocol.Grpc
                    ? address
                    : new Uri($"{address.AbsoluteUri.TrimEnd('/')}/{signal}");
            }
        }

        /// <summary>Disposes the providers, which flushes them within a few seconds.</summary>
        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (server is not null) await server.DisposeAsync();
            server = null;
            await Task.Run(Dispose, cancellationToken);
        }

        public void Dispose()
        {
            meters?.Dispose();
            traces?.Dispose();
            (meters, traces) = (null, null);
        }
    }
}
