namespace Attribution.Host.Jobs;

/// <summary>
/// Rewrites a file of the data folder so that it no longer contains deleted data. Each component that stores events in
/// a file registers one.
/// </summary>
internal delegate ValueTask FileCompaction(CancellationToken cancellation);
