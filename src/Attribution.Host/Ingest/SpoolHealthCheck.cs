using Attribution.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Ingest;

/// <summary>
/// Reports the ingest as not ready when the spool is nearly full, so that requests go to other processes before this
/// one rejects them; and while it cannot be written. A write that failed is tried again without a message, because a
/// process that is not ready may get no requests.
/// </summary>
internal sealed class SpoolHealthCheck(Spool spool) : IHealthCheck
{
    /// <summary>Share of the spool's greatest size from which the ingest is not ready.</summary>
    public const double NearlyFull = 0.9;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await spool.ProbeAsync(cancellationToken);
            if (spool.Fault is { } fault) return HealthCheckResult.Unhealthy($"{fault} Events get 503.");
            if (spool.IsDiskFull) return HealthCheckResult.Unhealthy("The disk of the spool is full: free space on it, or enlarge it. Events get 503.");
            var filled = await spool.GetFillRatioAsync(cancellationToken);
            return filled < NearlyFull
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(FormattableString.Invariant(
                    $"The spool is {Math.Floor(filled * 100)} % full with {spool.Depth} waiting messages; when it is full, events get 503."));
        }
        catch (StoreFaultException e)
        {
            return HealthCheckResult.Unhealthy($"{e.Summary} Events get 503.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy($"The spool cannot be read: {e.Message}", e);
        }
    }
}
