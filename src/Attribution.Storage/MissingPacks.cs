using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>A committed pack that a mark next to the store names.</summary>
/// <param name="Number">Its number in the order of commits.</param>
/// <param name="PackId">Its id.</param>
/// <param name="CommittedAt">The time of its commit.</param>
public sealed record MarkedPack(long Number, Guid PackId, Timestamp CommittedAt);

/// <summary>Packs that a store had and has no longer: its file was cut, or restored from an older copy.</summary>
/// <param name="Newest">The newest pack that it had.</param>
/// <param name="Count">The number of missing packs; null if the store has committed others since, so that it is unknown.</param>
public sealed record MissingPacks(MarkedPack Newest, long? Count);
