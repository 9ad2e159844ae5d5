namespace Attribution.Host.Ingest;

/// <summary>
/// Result of writing a batch. Every outcome except <see cref="Durable"/> is answered with 503, so that the sender sends
/// again.
/// </summary>
internal enum WriteOutcome
{
    /// <summary>Every message with one of its events is on disk or confirmed by the broker.</summary>
    Durable,

    /// <summary>The spool's file or the disk is full.</summary>
    Full,

    /// <summary>Too many bytes wait to be written.</summary>
    Busy,

    /// <summary>The disk failed.</summary>
    Failed,

    /// <summary>The host is stopping.</summary>
    Stopping,
}
