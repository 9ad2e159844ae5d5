using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>
/// Lease that selects one of several rollup processes. It only saves work: two processes that fold at the same time
/// still fold each delta once.
/// </summary>
internal sealed class RollupLease(IJobStore store, HostSettings host, TimeProvider time, IOptions<RollupOptions> options) : IHostedService
{
    private const string Name = "rollup";
    private readonly string holder = string.Create(
        CultureInfo.InvariantCulture, $"{host.Instance} {Environment.MachineName} {Environment.ProcessId}");


    /// <summary>Acquires or renews the lease; returns true if this process holds it.</summary>
    public ValueTask<bool> TryAcquireAsync(CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        return store.TryAcquireLeaseAsync(Name, holder, now, now + options.Value.LeaseFor, cancellation);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Releases the lease, so that another process can start immediately. All jobs have ended at this point.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await store.ReleaseLeaseAsync(Name, holder, cancellationToken);
}
