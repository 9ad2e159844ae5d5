using System.Diagnostics.Metrics;
using System.Globalization;
using Attribution.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attribution.Host.Attribution;

/// <summary>Number of messages that wait in this process, the time without a commit, and its cause. Thread-safe.</summary>
internal sealed class CommitProgress
{
    /// <summary>
    /// Time for which a message counts as waiting after a failure. The pauses of retries, in which no message waits here, are
    /// shorter.
    /// </summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromMinutes(1);

    private readonly Lock sync = new();
    private readonly TimeProvider time;
    private int waiting;
    private long since;
    private long? failedAt;
    private string? fault;

    /// <summary>Creates the instrument.</summary>
    public CommitProgress(TimeProvider time, IMeterFactory meters)
    {
        this.time = time;
        meters.Create(AttributionMetrics.MeterName).CreateObservableGauge(
            "attribution.attribute.stalled", () => Read().Stalled.TotalSeconds, "s",
            "Time for which messages have waited in this process and none was committed; 0 if none waits.");
    }

    /// <summary>Returns the number of waiting messages, the time without a commit, and the last fault since then.</summary>
    public (int Waiting, TimeSpan Stalled, string? Fault) Read()
    {
        lock (sync) return IsWaiting() ? (waiting, time.GetElapsedTime(since), fault) : (0, TimeSpan.Zero, null);
    }

    /// <summary>Counts a message that waits for its commit.</summary>
    public void Begin()
    {
        lock (sync)
        {
            if (!IsWaiting()) (since, fault, failedAt) = (time.GetTimestamp(), null, null);
            waiting++;
        }
    }

    /// <summary>Counts a message that was committed, or failed.</summary>
    public void End(Exception? failure)
    {
        lock (sync)
        {
            waiting--;
            if (failure is null) (since, fault, failedAt) = (time.GetTimestamp(), null, null);
            else if (failure is not OperationCanceledException)
                fault = failure is StoreFaultException stored ? stored.Summary : failure.Message;
            // Only such a message is tried again; others are given up.
            if (failure is StoreFaultException { IsTransient: true } and not CommitsStoppedException) failedAt = time.GetTimestamp();
        }
    }

    private bool IsWaiting() => waiting > 0 || (failedAt is { } at && time.GetElapsedTime(at) < RetryWindow);
}

/// <summary>Reports the stage as not ready while messages wait and none was committed for half a minute.</summary>
internal sealed class CommitProgressHealthCheck(CommitProgress progress) : IHealthCheck
{
    /// <summary>Time without a commit after which the stage is not ready. A commit takes seconds at most.</summary>
    public static readonly TimeSpan MaxStall = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (waiting, stalled, fault) = progress.Read();
        return Task.FromResult(stalled < MaxStall
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(string.Create(
                CultureInfo.InvariantCulture,
                $"Messages wait, {waiting} of them now, and nothing was committed for {stalled.TotalSeconds:0} s{(fault is null ? "." : $": {fault}")}")));
    }
}
