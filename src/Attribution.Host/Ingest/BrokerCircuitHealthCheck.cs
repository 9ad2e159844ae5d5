using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Ingest;

/// <summary>Not ready while the broker does not confirm, though events are still taken: the spool has an end.</summary>
internal sealed class BrokerCircuitHealthCheck(BrokerCircuit line, Spool spool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(line.IsClosed
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The broker does not confirm; {spool.Depth} messages wait in the spool."));
}
