namespace Attribution.Host.Observability;

/// <summary>
/// Background service that logs and counts steps of the wall clock. Every second it compares the clock with the
/// monotonic clock, which no correction changes.
/// </summary>
internal sealed partial class ClockWatch : BackgroundService
{
    /// <summary>Smallest step that is reported. Time services correct less by running the clock faster or slower.</summary>
    public static readonly TimeSpan MinStep = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private readonly ILogger<ClockWatch> logger;
    private readonly HostMetrics metrics;
    private TimeSpan offset;

    /// <summary>Begins to compare the clocks.</summary>
    public ClockWatch(TimeProvider time, HostMetrics metrics, ILogger<ClockWatch> logger)
    {
        (this.time, this.metrics, this.logger) = (time, metrics, logger);
        offset = ReadOffset();
    }

    /// <summary>Reports the step of the clock since the last call, if there was one, and returns it; otherwise zero.</summary>
    public TimeSpan Observe()
    {
        var current = ReadOffset();
        var step = current - offset;
        offset = current;
        if (step.Duration() < MinStep) return TimeSpan.Zero;
        var direction = step > TimeSpan.Zero ? "forward" : "backward";
        metrics.RecordClockStep(direction);
        LogStepped(direction, step.Duration(), time.GetUtcNow());
        return step;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Observe();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Returns the wall clock minus the monotonic clock, read so close together that a busy machine is no step.</summary>
    private TimeSpan ReadOffset()
    {
        while (true)
        {
            var before = time.GetTimestamp();
            var wall = time.GetUtcNow();
            if (time.GetElapsedTime(before) < MinStep / 4)
                return wall - DateTimeOffset.UnixEpoch - time.GetElapsedTime(0, before);
        }
    }

    [LoggerMessage(
        EventIds.ClockStepped, LogLevel.Warning,
        "The clock was set {Direction} by {Step}; it is {Now:O} now. Events received since then carry this time")]
    private partial void LogStepped(string direction, TimeSpan step, DateTimeOffset now);
}
