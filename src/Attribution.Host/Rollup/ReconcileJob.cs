using Attribution.Core.Values;
using Attribution.Host.Jobs;
using Attribution.Storage.Jobs;
using Attribution.Storage.Runs;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that requests the nightly reconciliation. One process executes it; if that process is killed, another one starts
/// it again.
/// </summary>
internal sealed class ReconcileJob(IJobStore jobs, IRunStore runs, IdGenerator ids, TimeProvider time) : INightlyJob
{
    /// <summary>
    /// Requests the run that was due at the given time, unless it was done since then or is queued or running.
    /// </summary>
    public async Task RunAsync(Timestamp due, CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        if (NightlyJobRunner.IsDone(await jobs.ReadLastJobRunAsync(RunNames.Reconcile, cancellation), due, now)) return;
        await runs.TryAddRunAsync(
            new RunDocument
            {
                Id = ids.Next(), Kind = RunNames.Reconcile, Request = [.. "{\"by\":\"schedule\"}"u8], CreatedAt = now,
                UpdatedAt = now,
            },
            most: 1, cancellation);
    }
}
