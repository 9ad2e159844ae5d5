using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>The archive does not hold all that was committed, so nothing may be rebuilt from it.</summary>
public sealed class ArchiveIncompleteException(Timestamp before)
    : Exception($"Archived events received before {before} were deleted (Rollup:KeepEvents): a rebuild would lose what they came to. Journeys, ledger and rollups are whole.");
