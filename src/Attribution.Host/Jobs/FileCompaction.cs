namespace Attribution.Host.Jobs;

/// <summary>
/// Rewrites a file of the data folder so that nothing is in it but what is stored: what was deleted may lie in it until then. Registered by
/// whoever keeps a file that holds events.
/// </summary>
internal delegate ValueTask FileCompaction(CancellationToken cancellation);
