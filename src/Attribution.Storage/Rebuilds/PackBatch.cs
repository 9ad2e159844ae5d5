namespace Attribution.Storage.Rebuilds;

/// <summary>
/// The limits of the batches in which a rebuild reads packs. The packs left for the swap, which are replayed under the
/// write lock, are usually fewer than one batch.
/// </summary>
internal static class PackBatch
{
    /// <summary>The maximum number of packs of a batch.</summary>
    public const int MaxPacks = 2_000;

    /// <summary>The number of archived bytes after which a batch ends.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;
}
