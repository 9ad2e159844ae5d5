using System.Diagnostics;

namespace Attribution.TestKit.Hosts;

/// <summary>Waits for conditions, never for time.</summary>
public static class Eventually
{
    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It was not in time; with what <paramref name="story"/> tells.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> story, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > within) throw new TimeoutException($"Not within {within}.{Environment.NewLine}{story()}");
            await Task.Delay(50, cancellation);
        }
    }
}
