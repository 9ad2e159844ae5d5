using System.Diagnostics;

namespace Attribution.Benchmarks;

/// <summary>How long something takes: the median of many rounds, after a warm-up, so that a busy neighbour shifts it little.</summary>
internal static class RoundTimer
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(3);
    private const int MinRounds = 11;

    /// <summary>The median and the fastest time of one round, and what a round takes of the processor on average, garbage collection included.</summary>
    /// <param name="round">What is measured; its result is used, so that it cannot be left out.</param>
    public static (TimeSpan Median, TimeSpan Fastest, TimeSpan Processor) Measure<T>(Func<T> round)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;) GC.KeepAlive(round());
        var times = new List<TimeSpan>();
        var used = Environment.CpuUsage.TotalTime;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < MeasureFor || times.Count < MinRounds;)
        {
            var began = Stopwatch.GetTimestamp();
            GC.KeepAlive(round());
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        used = Environment.CpuUsage.TotalTime - used;
        times.Sort();
        return (times[times.Count / 2], times[0], used / times.Count);
    }
}
