namespace Attribution.Host.Jobs;

/// <summary>
/// Puts rejections through the door again, for callers of one brand (null: of every brand). Registered by the ingest; a process without that role
/// has none.
/// </summary>
/// <returns>What became of them; null where not all could be kept: asked again, it is as good.</returns>
internal delegate Task<ReplayCounts?> ReplayRejections(IReadOnlyList<Guid> ids, string? onlyBrand, CancellationToken cancellation);

/// <summary>What became of a replay.</summary>
/// <param name="Replayed">How many passed, are kept and resolved.</param>
/// <param name="Refused">How many are refused still.</param>
internal sealed record ReplayCounts(int Replayed, int Refused);
