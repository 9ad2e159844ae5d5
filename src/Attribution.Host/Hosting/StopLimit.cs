using System.Diagnostics;

namespace Attribution.Host.Hosting;

/// <summary>
/// Limit of an orderly stop. A component that does not stop, for example because the store does not answer, does not keep
/// the process: it ends without further work, which is as safe as being killed. Disposing it lifts the limit.
/// </summary>
internal sealed class StopLimit : IDisposable
{
    /// <summary>Time from the beginning of a stop to the end of the process.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(18);

    private readonly object sync = new();
    private bool isLifted;
    private int begun;

    /// <summary>Begins to measure the stop.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref begun, 1) == 1) return;
        // A thread of its own: a busy pool, or one whose threads wait, must not delay it.
        new Thread(EndProcess) { IsBackground = true, Name = "stop limit" }.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (sync)
        {
            isLifted = true;
            Monitor.PulseAll(sync);
        }
    }

    private void EndProcess()
    {
        lock (sync)
            if (isLifted || Monitor.Wait(sync, Limit)) return;
        Console.Error.WriteLine($"The host did not stop within {Limit.TotalSeconds:0} s and ends now; no accepted event is lost.");
        using var process = Process.GetCurrentProcess();
        process.Kill();
    }
}
