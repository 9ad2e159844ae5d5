using System.Diagnostics.Metrics;
using Attribution.Host.Observability;

namespace Attribution.Host.Reporting;

/// <summary>The stage's instruments, on the meter <c>Attribution.Report</c>.</summary>
internal sealed class ReportingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Attribution.Report";

    private readonly Histogram<double> duration;

    /// <summary>Makes the instruments.</summary>
    public ReportingMetrics(IMeterFactory meters) =>
        duration = meters.Create(Name).CreateHistogram<double>("attribution.report.duration", "s", "How long a report took to make, by the endpoint's name.", advice: Telemetry.SecondsBuckets);

    /// <summary>Measures how long an endpoint takes to answer.</summary>
    public async ValueTask<object?> MeasureAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var time = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        var began = time.GetTimestamp();
        try
        {
            return await next(context);
        }
        finally
        {
            var name = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "unnamed";
            duration.Record(time.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("endpoint", name));
        }
    }
}
