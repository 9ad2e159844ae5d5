using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that settles tiers, caps, guarantees and fees of agreements whose conversions, terms or local day changed.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class PeriodSettlementJob(PeriodSettlement settlement, RollupLease lease) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (await lease.TryAcquireAsync(cancellationToken)) await settlement.RunAsync(cancellationToken);
    }
}
