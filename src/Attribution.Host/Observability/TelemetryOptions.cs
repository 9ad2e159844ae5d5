using System.ComponentModel.DataAnnotations;
using OpenTelemetry.Exporter;

namespace Attribution.Host.Observability;

/// <summary>The section <c>Telemetry</c>: where metrics and traces go, by OTLP. Without an endpoint nothing is collected or sent.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>
    /// Address of an OTLP collector, <c>http://127.0.0.1:4317</c> for example. With <see cref="Protocol"/> HttpProtobuf it is the base:
    /// <c>/v1/metrics</c> and <c>/v1/traces</c> are added to it. Default: empty, which exports nothing. A collector that is away costs
    /// the measurements of that time and nothing else.
    /// </summary>
    public string Endpoint { get; set; } = "";

    /// <summary>How the collector is spoken to: <c>Grpc</c> (default) or <c>HttpProtobuf</c>.</summary>
    public OtlpExportProtocol Protocol { get; set; } = OtlpExportProtocol.Grpc;

    /// <summary>How often metrics are sent. Default 15 s; 1 s to 1 hour. What changed in between is summed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "must lie between 00:00:01 and 01:00:00")]
    public TimeSpan ExportEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Share of requests that are traced, each through every stage or not at all. Default 0.01; 0 to 1.</summary>
    [Range(0d, 1d)]
    public double TracedShare { get; set; } = 0.01;

    /// <summary>The endpoint as an address; null when nothing is exported.</summary>
    public Uri? Collector => Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    /// <summary>Refuses an endpoint that is no address.</summary>
    public IEnumerable<string> FindFaults()
    {
        if (Endpoint.Length > 0 && Collector is null)
            yield return $"Telemetry:Endpoint: '{Endpoint}' is no http(s) address; write http://host:4317, or leave it out to export nothing.";
    }
}
