using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>The archive no longer contains every committed pack, so journeys cannot be rebuilt from it.</summary>
public sealed class ArchiveIncompleteException(Timestamp before)
    : Exception($"Archived events received before {before} were deleted (Rollup:KeepEvents), so a rebuild would lose their results. "
        + "Journeys, ledger and rollups are complete.");
