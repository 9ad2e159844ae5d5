using System.Diagnostics.Metrics;
using Attribution.Host.Observability;

namespace Attribution.Host.Reporting;

/// <summary>The instruments of the reporting stage, on the meter <c>Attribution.Report</c>.</summary>
internal sealed class ReportingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Attribution.Report";

    private readonly Histogram<double> duration;
    private readonly Counter<long> webhooks;
    private readonly Gauge<long> parkedWebhooks;

    /// <summary>Creates the instruments.</summary>
    public ReportingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        duration = meter.CreateHistogram<double>(
            "attribution.report.duration", "s", "Duration of a report request by endpoint name.",
            advice: Telemetry.SecondsBuckets);
        webhooks = meter.CreateCounter<long>(
            "attribution.report.webhooks", "{attempt}", "Attempts to send a message to a webhook subscription, by outcome.");
        parkedWebhooks = meter.CreateGauge<long>(
            "attribution.report.webhooks.parked", "{message}",
            "Messages to webhook subscriptions that were given up and can be replayed. Expected value: 0.");
    }

    /// <summary>Records an attempt to send a message to a webhook subscription.</summary>
    public void RecordWebhook(bool isAccepted) => webhooks.Add(1, new KeyValuePair<string, object?>("outcome", isAccepted ? "accepted" : "failed"));

    /// <summary>Records the number of parked messages.</summary>
    public void RecordParkedWebhooks(long messages) => parkedWebhooks.Record(messages);

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
