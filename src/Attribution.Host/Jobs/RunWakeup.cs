using Attribution.Core.Values;
using Attribution.Storage.Runs;

namespace Attribution.Host.Jobs;

/// <summary>Signal that a run was added in this process. Thread-safe.</summary>
internal sealed class RunWakeup
{
    private TaskCompletionSource next = Create();

    /// <summary>Gets a task that completes when a run is added.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Wakes the workers.</summary>
    public void Wake() => Interlocked.Exchange(ref next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Runs of a store, which wake the workers of this process when a run is added.</summary>
internal sealed class WakingRunStore(IRunStore store, RunWakeup wakeup) : IRunStore
{
    public async ValueTask<bool> TryAddRunAsync(RunDocument run, int most, CancellationToken cancellation)
    {
        var added = await store.TryAddRunAsync(run, most, cancellation);
        if (added) wakeup.Wake();
        return added;
    }

    public ValueTask<IReadOnlyList<RunDocument>> ListUnfinishedRunsAsync(string kind, CancellationToken cancellation) =>
        store.ListUnfinishedRunsAsync(kind, cancellation);

    public ValueTask<RunDocument?> TryClaimRunAsync(RunDocument run, Timestamp at, CancellationToken cancellation) =>
        store.TryClaimRunAsync(run, at, cancellation);

    public ValueTask<bool> UpdateRunAsync(RunDocument run, CancellationToken cancellation) => store.UpdateRunAsync(run, cancellation);

    public ValueTask<RunDocument?> FindRunAsync(string kind, Guid id, CancellationToken cancellation) => store.FindRunAsync(kind, id, cancellation);

    public ValueTask DeleteEndedRunsAsync(string kind, Timestamp endedBefore, CancellationToken cancellation) =>
        store.DeleteEndedRunsAsync(kind, endedBefore, cancellation);
}
