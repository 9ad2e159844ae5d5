using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Ingest;

/// <summary>
/// Reports the ingest as not ready while the circuit is open. Events are still accepted until the spool is full.
/// </summary>
internal sealed class BrokerCircuitHealthCheck(BrokerCircuit circuit, Spool spool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(circuit.IsClosed
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The broker does not confirm; {spool.Depth} messages wait in the spool."));
}
