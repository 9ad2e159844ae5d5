using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Ingest;

/// <summary>Not ready when the spool is nearly full: what is sent elsewhere now need not be refused here soon.</summary>
internal sealed class SpoolHealthCheck(Spool spool) : IHealthCheck
{
    /// <summary>Share of the spool's greatest size from which on the ingest is not ready.</summary>
    public const double NearlyFull = 0.9;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var filled = await spool.GetFillRatioAsync(cancellationToken);
            return filled < NearlyFull
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(FormattableString.Invariant(
                    $"The spool is {Math.Floor(filled * 100)} % full with {spool.Depth} messages that wait for broker or store; when full, events are answered 503."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy($"The spool cannot be read: {e.Message}", e);
        }
    }
}
