namespace Attribution.Host.Jobs;

/// <summary>
/// Validates rejections again and ingests those that are now valid, for callers of one brand (null for every brand).
/// Registered by the ingest stage; absent in a process without that role.
/// </summary>
/// <returns>
/// The numbers of replayed and rejected events; null if not all could be written, in which case the caller can retry.
/// </returns>
internal delegate Task<ReplayCounts?> ReplayRejections(
    IReadOnlyList<Guid> ids, string? onlyBrand, CancellationToken cancellation);

/// <summary>Result of a replay.</summary>
/// <param name="Replayed">Number of rejections that are now ingested and resolved.</param>
/// <param name="Refused">Number of rejections that are still rejected.</param>
internal sealed record ReplayCounts(int Replayed, int Refused);
