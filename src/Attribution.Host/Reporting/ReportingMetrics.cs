using System.Diagnostics.Metrics;
using Attribution.Host.Observability;

namespace Attribution.Host.Reporting;

/// <summary>The instruments of the reporting stage, on the meter <c>Attribution.Report</c>.</summary>
internal sealed class ReportingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Attribution.Report";

    private readonly Histogram<double> duration;

    /// <summary>Creates the instruments.</summary>
    public ReportingMetrics(IMeterFactory meters) =>
        duration = meters.Create(Name).CreateHistogram<double>(
            "attribution.report.duration", "s", "Duration of a report request by endpoint name.",
            advice: Telemetry.SecondsBuckets);

    /// <summary>Measures the duration of an endpoint.</summary>
    public async ValueTask<object?> MeasureAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var time = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        var startedAt = time.GetTimestamp();
        try
        {
            return await next(context);
        }
        finally
        {
            var name = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>(
                )?.EndpointName ?? "unnamed";
            duration.Record(
                time.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("endpoint", name));
        }
    }
}
