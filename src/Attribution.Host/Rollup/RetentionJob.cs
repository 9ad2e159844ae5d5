using Attribution.Core.Values;
using Attribution.Storage.Erasures;
using Attribution.Storage.Rejections;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>Deletes what was kept long enough: refused events, which were never checked for whom they name, and archived ones where an option says so.</summary>
[DisallowConcurrentExecution]
internal sealed class RetentionJob(IErasureStore store, IRejectionStore rejections, RollupLease lease, TimeProvider time, IOptions<RollupOptions> options) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (!await lease.TryAcquireAsync(cancellationToken)) return;
        var now = Timestamp.From(time.GetUtcNow());
        await rejections.DeleteRejectionsBeforeAsync(now - options.Value.KeepRejections, cancellationToken);
        if (options.Value.KeepEvents is not { } kept) return;
        while (await store.DeletePacksBeforeAsync(now - kept, cancellationToken) > 0) cancellationToken.ThrowIfCancellationRequested();
    }
}
