using Attribution.Core.Rollups;

namespace Attribution.Storage.Rollups;

/// <summary>A page of rollups that changed since a cursor.</summary>
/// <param name="Changes">
/// The current rollups by day, campaign and creator (ordinal), each once; null if the rollup became zero and was
/// removed.
/// </param>
/// <param name="Cursor">The cursor of the next page.</param>
/// <param name="HasMore">True if more changes may already exist.</param>
/// <param name="ClosedThrough">The last closed day; null if none is closed.</param>
public sealed record RollupChanges(
    IReadOnlyList<KeyValuePair<RollupKey, MeasureCell?>> Changes, string Cursor, bool HasMore, DateOnly? ClosedThrough);
