namespace Attribution.TestKit;

/// <summary>
/// Clock that stands still until a test moves it. <see cref="Advance"/> lets time pass; <see cref="Step"/> sets the wall
/// clock alone, as an operator or a time service does. Thread-safe.
/// </summary>
public sealed class SteppedClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TimeSpan elapsed;
    private TimeSpan stepped;

    /// <summary>Gets the number of timers that wait.</summary>
    public int TimerCount
    {
        get
        {
            lock (gate) return timers.Count;
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return start + elapsed + stepped;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate) return elapsed.Ticks;
    }

    /// <summary>Sets the wall clock forward, or backward if negative. No time passes.</summary>
    public void Step(TimeSpan by)
    {
        lock (gate) stepped += by;
    }

    /// <summary>Lets time pass and runs the timers that become due, once each.</summary>
    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (gate)
        {
            elapsed += by;
            due = [.. timers.Where(timer => timer.DueAt <= elapsed)];
            foreach (var timer in due) timer.DueAt = timer.Period > TimeSpan.Zero ? elapsed + timer.Period : TimeSpan.MaxValue;
        }

        foreach (var timer in due) timer.Callback(timer.State);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (gate) timers.Add(timer);
        return timer;
    }

    private sealed class ManualTimer(SteppedClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimerCallback Callback => callback;

        public object? State => state;

        public TimeSpan DueAt { get; set; } = TimeSpan.MaxValue;

        public TimeSpan Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                DueAt = dueTime < TimeSpan.Zero ? TimeSpan.MaxValue : clock.elapsed + dueTime;
                Period = period;
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
