using Attribution.Core.Values;
using Attribution.Storage.Erasures;
using Attribution.Storage.Rejections;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that deletes data after its retention period: rejections, which may contain unredacted personal data, and
/// archived events if <see cref="RollupOptions.KeepEvents"/> is set.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class RetentionJob(
    IErasureStore store, IRejectionStore rejections, RollupLease lease, TimeProvider time, IOptions<RollupOptions> options) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (!await lease.TryAcquireAsync(cancellationToken)) return;
        var now = Timestamp.From(time.GetUtcNow());
        await rejections.DeleteRejectionsBeforeAsync(now - options.Value.KeepRejections, cancellationToken);
        if (options.Value.KeepEvents is not { } retention) return;
        while (await store.DeletePacksBeforeAsync(now - retention, cancellationToken) > 0)
            cancellationToken.ThrowIfCancellationRequested();
    }
}
