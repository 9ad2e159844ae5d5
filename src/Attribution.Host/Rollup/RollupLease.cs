using System.Globalization;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Observability;
using Attribution.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>
/// Lease that selects one of several rollup processes. It only saves work: two processes that fold at the same time
/// still fold each delta once.
/// </summary>
internal sealed partial class RollupLease(
    IJobStore store, HostSettings host, TimeProvider time, IOptions<RollupOptions> options, ILogger<RollupLease> logger) : IHostedService
{
    private const string Name = "rollup";
    private readonly string holder = string.Create(
        CultureInfo.InvariantCulture, $"{host.Instance} {Environment.MachineName} {Environment.ProcessId}");
    private volatile bool isHeld;

    /// <summary>Acquires or renews the lease; returns true if this process holds it.</summary>
    public async ValueTask<bool> TryAcquireAsync(CancellationToken cancellation)
    {
        var before = isHeld ? null : await store.FindLeaseAsync(Name, cancellation);
        var now = Timestamp.From(time.GetUtcNow());
        var until = now + options.Value.LeaseFor;
        var acquired = await store.TryAcquireLeaseAsync(Name, holder, now, until, cancellation);
        if (acquired && before is { } other && other.Holder != holder && other.Until > until)
            LogVoid(other.Holder, other.Until, options.Value.LeaseFor);
        return isHeld = acquired;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Releases the lease, so that another process can start immediately. All jobs have ended at this point.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await store.ReleaseLeaseAsync(Name, holder, cancellationToken);

    [LoggerMessage(
        EventIds.LeaseVoid, LogLevel.Warning,
        "The rollup lease of '{Holder}' lasts until {Until}, further ahead than {LeaseFor}. It is void and was taken over: "
        + "the clock was wrong when it was granted, or is wrong now")]
    private partial void LogVoid(string holder, Timestamp until, TimeSpan leaseFor);
}
