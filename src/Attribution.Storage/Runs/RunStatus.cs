namespace Attribution.Storage.Runs;

/// <summary>Where a run stands. Stored: never renumber.</summary>
public enum RunStatus
{
    /// <summary>Waits to be done.</summary>
    Queued = 1,

    /// <summary>Goes on.</summary>
    Running = 2,

    /// <summary>Ended well; there is an answer.</summary>
    Done = 3,

    /// <summary>Ended with a fault, which is told.</summary>
    Failed = 4,
}
