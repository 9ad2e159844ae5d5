using Attribution.Core.Values;
using Attribution.Storage;
using Attribution.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>
/// Runner of nightly jobs. The schedule triggers every process, but only the one with the lease does the work. It
/// renews the lease during the work and stops if it loses it. The other processes wait until the run is recorded; if
/// the first process is killed, one of them takes over. Stopping the host cancels the work, which then runs at the next
/// start.
/// </summary>
internal sealed class NightlyJobRunner(
    IJobStore store, RollupLease lease, TimeProvider time, IHostApplicationLifetime host,
    IOptions<RollupOptions> options)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Indicates whether a recorded run counts as the run that was due at a time. A run ahead of the clock is void.
    /// </summary>
    public static bool IsDone(Timestamp? lastRun, Timestamp due, Timestamp now) =>
        lastRun is { } last && last >= due && !last.IsAheadOf(now);

    /// <summary>
    /// Runs a job once. Completes when the run is done, in this process or another, or cannot be done tonight, or the
    /// host stops.
    /// </summary>
    /// <param name="job">Name under which the store records the run.</param>
    /// <param name="due">Due time; a run recorded at this time or later counts as this run.</param>
    /// <param name="work">
    /// Does the work; returns false if it cannot be done tonight, in which case no run is recorded.
    /// </param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="OperationCanceledException">The caller has canceled the work.</exception>
    public async Task RunOnceAsync(
        string job, Timestamp due, Func<CancellationToken, Task<bool>> work, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host.ApplicationStopping);
        try
        {
            while (!IsDone(await store.ReadLastJobRunAsync(job, stopping.Token), due, Timestamp.From(time.GetUtcNow())))
            {
                if (!await lease.TryAcquireAsync(stopping.Token)) await Task.Delay(PollInterval, time, stopping.Token);
                else if (await TryRunAsync(job, work, stopping.Token)) return;
            }
        }
        catch (OperationCanceledException) when (host.ApplicationStopping.IsCancellationRequested)
        {
            // The run is not recorded, so it is due again when a host starts.
        }
    }

    /// <summary>Returns false if the lease was lost during the work.</summary>
    private async Task<bool> TryRunAsync(
        string job, Func<CancellationToken, Task<bool>> work, CancellationToken cancellation)
    {
        using var workEnded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var renewal = RenewLeaseAsync(workEnded);
        try
        {
            if (await work(workEnded.Token))
                await store.RecordJobRunAsync(job, Timestamp.From(time.GetUtcNow()), workEnded.Token);
            return true;
        }
        catch (OperationCanceledException) when (
            workEnded.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await workEnded.CancelAsync();
            await renewal;
        }
    }

    /// <summary>Renews the lease until the work ends; cancels the work if the lease is lost.</summary>
    private async Task RenewLeaseAsync(CancellationTokenSource workEnded)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.LeaseFor / 3, time);
            while (await timer.WaitForNextTickAsync(workEnded.Token) && await lease.TryAcquireAsync(workEnded.Token))
            {
            }
        }
        catch (OperationCanceledException) when (workEnded.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            await workEnded.CancelAsync();
        }
    }
}
