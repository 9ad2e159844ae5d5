using Attribution.Core.Values;
using Attribution.Storage;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Deletes refused events that were kept long enough: what they hold was never checked for whom it names.</summary>
[DisallowConcurrentExecution]
public sealed class ForgetJob(IErasureStore store, RollupLease lease, TimeProvider time, IOptions<RollupOptions> options) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (!await lease.HoldsAsync(cancellationToken)) return;
        await store.ForgetRejectionsAsync(Timestamp.From(time.GetUtcNow()) - options.Value.KeepRejections, cancellationToken);
    }
}
