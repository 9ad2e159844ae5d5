using System.ComponentModel.DataAnnotations;
using Attribution.Host.Configuration;
using OpenTelemetry.Exporter;

namespace Attribution.Host.Observability;

/// <summary>
/// Section <c>Telemetry</c>: export of metrics and traces by OTLP, and metrics for Prometheus. Without an endpoint and
/// without an address of metrics, nothing is collected.
/// </summary>
internal sealed class TelemetryOptions
{
    /// <summary>
    /// OTLP collector, for example <c>http://127.0.0.1:4317</c>. With HttpProtobuf it is the base of <c>/v1/metrics</c>
    /// and <c>/v1/traces</c>. An unavailable collector loses only the measurements of that time. Default: empty:
    /// nothing is exported; an http or https address.
    /// </summary>
    public string Endpoint { get; set; } = "";

    /// <summary>
    /// Address at which <c>/metrics</c> is served to Prometheus, without a key, for example
    /// <c>http://127.0.0.1:9464</c>. Default: empty: nothing is served; an http address.
    /// </summary>
    public string MetricsUrl { get; set; } = "";

    /// <summary>Protocol of the collector. Default: <c>Grpc</c>; <c>Grpc</c>, <c>HttpProtobuf</c>.</summary>
    public OtlpExportProtocol Protocol { get; set; } = OtlpExportProtocol.Grpc;

    /// <summary>Interval between exports of metrics. Default: 15 s; 1 s to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must be between 00:00:01 and 01:00:00")]
    public TimeSpan ExportEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Share of requests that are traced through every stage. Default: 0.01; 0 to 1.</summary>
    [Range(0d, 1d)]
    public double TracedShare { get; set; } = 0.01;

    /// <summary>Gets the endpoint as an address; null if nothing is exported.</summary>
    public Uri? Collector =>
        Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    /// <summary>Returns a fault for each address that is none.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (Endpoint.Length > 0 && Collector is null)
            yield return $"Telemetry:Endpoint: '{Endpoint}' is not an http(s) address; "
                + "specify for example http://host:4317, or omit it to export nothing.";
        if (MetricsUrl.Length > 0 && !ListenAddresses.IsHttp(MetricsUrl))
            yield return $"Telemetry:MetricsUrl: '{MetricsUrl}' is not an address to listen on; "
                + "specify only http, host and port, for example http://127.0.0.1:9464, or omit it to serve nothing.";
    }
}
