using Attribution.Core.Values;
using Attribution.Storage.Jobs;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// A night's run of a job is one process's, whichever has the lease when the calendar calls all of them; it prolongs the lease as long as
/// the work lasts, and stops working when it loses it. The others wait until the run is noted, for should the first be killed over it, one
/// of them does it. Stopping the host breaks the work off: it is made up for at the next start.
/// </summary>
internal sealed class NightlyJobRunner(IJobStore store, RollupLease lease, TimeProvider time, IHostApplicationLifetime host, IOptions<RollupOptions> options)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <summary>When the run that a scheduler calls for was due.</summary>
    public static Timestamp GetDueTime(IJobExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Timestamp.From(context.ScheduledFireTimeUtc ?? context.FireTimeUtc);
    }

    /// <summary>Returns when the run was done, here or elsewhere, or cannot be done tonight, or the host stops.</summary>
    /// <param name="job">Under which name it is noted in the store.</param>
    /// <param name="due">A run noted at this instant or later was this one.</param>
    /// <param name="work">Does it; false: it cannot be done tonight, and is not noted.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="OperationCanceledException">It was broken off by the caller.</exception>
    public async Task RunOnceAsync(string job, Timestamp due, Func<CancellationToken, Task<bool>> work, CancellationToken cancellation)
    {
        using var stops = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host.ApplicationStopping);
        try
        {
            while (!(await store.ReadLastJobRunAsync(job, stops.Token) >= due))
            {
                if (!await lease.TryAcquireAsync(stops.Token)) await Task.Delay(PollInterval, time, stops.Token);
                else if (await TryRunAsync(job, work, stops.Token)) return;
            }
        }
        catch (OperationCanceledException) when (host.ApplicationStopping.IsCancellationRequested)
        {
            // Noted by nobody, it is due again when a host starts.
        }
    }

    /// <summary>False: the lease was lost over the work.</summary>
    private async Task<bool> TryRunAsync(string job, Func<CancellationToken, Task<bool>> work, CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var keeping = RenewLeaseAsync(ends);
        try
        {
            if (await work(ends.Token)) await store.RecordJobRunAsync(job, Timestamp.From(time.GetUtcNow()), ends.Token);
            return true;
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await ends.CancelAsync();
            await keeping;
        }
    }

    /// <summary>Prolongs the lease until the work ends; ends the work where it cannot.</summary>
    private async Task RenewLeaseAsync(CancellationTokenSource ends)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.LeaseFor / 3, time);
            while (await timer.WaitForNextTickAsync(ends.Token) && await lease.TryAcquireAsync(ends.Token))
            {
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            await ends.CancelAsync();
        }
    }
}
