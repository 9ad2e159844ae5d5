namespace Attribution.Host.Rollup;

/// <summary>
/// Job that settles tiers, caps, guarantees and fees of agreements whose conversions, terms or local day changed.
/// </summary>
internal sealed class PeriodSettlementJob(PeriodSettlement settlement, RollupLease lease) : IRepeatingJob
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (await lease.TryAcquireAsync(cancellation)) await settlement.RunAsync(cancellation);
    }
}
