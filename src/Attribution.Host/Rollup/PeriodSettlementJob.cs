using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Books tiers, caps, guarantees and fees of agreements whose conversions, terms or day changed.</summary>
[DisallowConcurrentExecution]
internal sealed class PeriodSettlementJob(PeriodSettlement adjuster, RollupLease lease) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (await lease.TryAcquireAsync(cancellationToken)) await adjuster.RunAsync(cancellationToken);
    }
}
