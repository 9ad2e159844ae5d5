namespace Attribution.Storage.Runs;

/// <summary>The status of a run. Stored: never renumber.</summary>
public enum RunStatus
{
    /// <summary>Waiting to be executed.</summary>
    Queued = 1,

    /// <summary>In progress.</summary>
    Running = 2,

    /// <summary>Succeeded; there is a result.</summary>
    Done = 3,

    /// <summary>Failed; there is an error message.</summary>
    Failed = 4,
}
