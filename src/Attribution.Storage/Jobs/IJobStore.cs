using Attribution.Core.Values;

namespace Attribution.Storage.Jobs;

/// <summary>
/// Coordination of processes: leases, the last run of each job, the last attempt to fit models, and attempts at messages.
/// </summary>
public interface IJobStore
{
    /// <summary>
    /// Acquires or extends a lease. A lease has one holder until its term ends or the holder releases it. It only saves
    /// duplicate work between processes: clocks may differ and a holder may be slow, so correctness must not depend on
    /// it.
    /// </summary>
    /// <param name="lease">The lease's name.</param>
    /// <param name="holder">The caller's name.</param>
    /// <param name="now">The current time by the caller's clock.</param>
    /// <param name="until">The end of the term, exclusive.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>
    /// True if the caller now holds the lease: it held it already, the lease was free, the other holder's term is over,
    /// or it ends after <paramref name="until"/>. Such a term is void: it was granted by a clock that was ahead.
    /// </returns>
    ValueTask<bool> TryAcquireLeaseAsync(
        string lease, string holder, Timestamp now, Timestamp until, CancellationToken cancellation);

    /// <summary>Returns a lease; null if it is free since its last release.</summary>
    ValueTask<Lease?> FindLeaseAsync(string lease, CancellationToken cancellation);

    /// <summary>Releases a lease if the caller holds it.</summary>
    ValueTask ReleaseLeaseAsync(string lease, string holder, CancellationToken cancellation);

    /// <summary>Returns the latest recorded time at which a job succeeded; null if it never has.</summary>
    ValueTask<Timestamp?> ReadLastJobRunAsync(string job, CancellationToken cancellation);

    /// <summary>
    /// Records that a job succeeded. A recorded time that is ahead of the new one by more than <see cref="ClockSkew.Max"/>
    /// is void and replaced; otherwise the later of the two stays.
    /// </summary>
    ValueTask RecordJobRunAsync(string job, Timestamp at, CancellationToken cancellation);

    /// <summary>Returns the latest attempt to fit a brand's models; null if there was none.</summary>
    ValueTask<FitAttempt?> ReadLastFitAttemptAsync(string brand, CancellationToken cancellation);

    /// <summary>Records an attempt to fit a brand's models. It replaces the previous attempt.</summary>
    ValueTask RecordFitAttemptAsync(FitAttempt attempt, CancellationToken cancellation);

    /// <summary>
    /// Counts an attempt to attribute a message, durably before the attempt begins, and returns the number of attempts that
    /// were counted and not forgotten.
    /// </summary>
    ValueTask<long> CountAttemptAsync(Guid pack, CancellationToken cancellation);

    /// <summary>Forgets the attempts to attribute a message.</summary>
    ValueTask ForgetAttemptsAsync(Guid pack, CancellationToken cancellation);
}
