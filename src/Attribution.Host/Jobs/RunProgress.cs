namespace Attribution.Host.Jobs;

/// <summary>Progress of a run: written by the work, read by the worker that stores it. Thread-safe.</summary>
internal sealed class RunProgress
{
    private long done;
    private long total;
    private volatile string? phase;

    /// <summary>Gets or sets the name of the current phase; null if the work has no phases.</summary>
    public string? Phase
    {
        get => phase;
        set => phase = value;
    }

    /// <summary>Reports the completed and the total units of work.</summary>
    public void Report(long nowDone, long ofTotal)
    {
        Interlocked.Exchange(ref total, ofTotal);
        Interlocked.Exchange(ref done, nowDone);
    }

    /// <summary>Gets the completed and the total units of work.</summary>
    public (long Done, long Total) Current => (Interlocked.Read(ref done), Interlocked.Read(ref total));
}
