using Attribution.Core.Values;
using Attribution.Storage.Erasures;
using Attribution.Storage.Rejections;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that deletes data after its retention period: rejections, which may contain unredacted personal data, and
/// archived events if <see cref="RollupOptions.KeepEvents"/> is set.
/// </summary>
internal sealed class RetentionJob(
    IErasureStore store, IRejectionStore rejections, RollupLease lease, TimeProvider time, IOptions<RollupOptions> options) : IRepeatingJob
{
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (!await lease.TryAcquireAsync(cancellation)) return;
        var now = Timestamp.From(time.GetUtcNow());
        await rejections.DeleteRejectionsBeforeAsync(now - options.Value.KeepRejections, cancellation);
        if (options.Value.KeepEvents is not { } retention) return;
        while (await store.DeletePacksBeforeAsync(now - retention, cancellation) > 0)
            cancellation.ThrowIfCancellationRequested();
    }
}
