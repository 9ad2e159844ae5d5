using System.Diagnostics;
using Xunit;

namespace Attribution.TestKit;

/// <summary>Waits for conditions, never for time.</summary>
public static class Eventually
{
    /// <summary>Longest wait unless told: no healthy machine needs it.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Polls a condition until it holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within 60 seconds; the message quotes <paramref name="expectation"/>.</exception>
    public static Task IsTrueAsync(Func<bool> condition, string expectation) => IsTrueAsync(() => Task.FromResult(condition()), expectation);

    /// <inheritdoc cref="IsTrueAsync(Func{bool}, string)"/>
    public static Task IsTrueAsync(Func<Task<bool>> condition, string expectation) =>
        IsTrueAsync(condition, DefaultTimeout, () => $"Expected: {expectation}.", TestContext.Current.CancellationToken);

    /// <summary>Polls a condition until it holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time; the message ends with <paramref name="diagnostics"/>.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> diagnostics, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > within) throw new TimeoutException($"Not within {within}.{Environment.NewLine}{diagnostics()}");
            await Task.Delay(watch.Elapsed < TimeSpan.FromSeconds(1) ? 5 : 50, cancellation);
        }
    }
}
