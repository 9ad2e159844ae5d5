using Attribution.Storage.Jobs;
using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>Which of several rollup processes works. Saves work alone: two that fold at once fold each delta once all the same.</summary>
internal sealed class RollupLease(IJobStore store, HostSettings host, TimeProvider time, IOptions<RollupOptions> options) : IHostedService
{
    private const string Name = "rollup";
    private readonly string holder = string.Create(CultureInfo.InvariantCulture, $"{host.Instance} {Environment.MachineName} {Environment.ProcessId}");

    /// <summary>Takes the lease or prolongs it, and says whether this process has it.</summary>
    public ValueTask<bool> TryAcquireAsync(CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        return store.TryAcquireLeaseAsync(Name, holder, now, now + options.Value.LeaseFor, cancellation);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Its jobs have ended by now: another process may begin at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await store.ReleaseLeaseAsync(Name, holder, cancellationToken);
}
