using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>Rollups that changed since a place.</summary>
/// <param name="Changes">By day, campaign, creator (ordinal), each once; null where the rollup came to nothing and is gone.</param>
/// <param name="Cursor">The place after them.</param>
/// <param name="HasMore">Whether there may be more already.</param>
/// <param name="ClosedThrough">The last day that was closed; null when none was.</param>
public sealed record RollupChanges(IReadOnlyList<KeyValuePair<RollupKey, MeasureCell?>> Changes, string Cursor, bool HasMore, DateOnly? ClosedThrough);
