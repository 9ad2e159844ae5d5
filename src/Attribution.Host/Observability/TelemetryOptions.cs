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
    /// Specifies the address of an OTLP collector, for example <c>http://127.0.0.1:4317</c>. With
    /// <see cref="Protocol"/> HttpProtobuf it is the base address, to which <c>/v1/metrics</c> and <c>/v1/traces</c>
    /// are appended. Default empty, which exports nothing. While the collector is unavailable, measurements are lost;
    /// the host is not affected.
    /// </summary>
    public string Endpoint { get; set; } = "";

    /// <summary>
    /// Specifies the address at which <c>/metrics</c> is served to Prometheus, for example <c>http://127.0.0.1:9464</c>. It
    /// needs no key: let only Prometheus reach it. Default empty, which serves nothing. It may be used with and without
    /// <see cref="Endpoint"/>; an alert then needs only one of the two as its source.
    /// </summary>
    public string MetricsUrl { get; set; } = "";

    /// <summary>Specifies the protocol of the collector. Default <c>Grpc</c>; <c>Grpc</c> or <c>HttpProtobuf</c>.</summary>
    public OtlpExportProtocol Protocol { get; set; } = OtlpExportProtocol.Grpc;

    /// <summary>Specifies the interval at which metrics are sent. Default 15 seconds; 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must be between 00:00:01 and 01:00:00")]
    public TimeSpan ExportEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Specifies the share of requests that are traced. A request is traced through every stage or not at all. Default
    /// 0.01; 0 to 1.
    /// </summary>
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
