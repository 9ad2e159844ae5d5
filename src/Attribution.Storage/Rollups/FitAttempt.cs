using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>An attempt to fit a brand's models.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="At">When.</param>
/// <param name="Refusal">Why there are too few paths for a fit, in a sentence; null when there are enough.</param>
public sealed record FitAttempt(string Brand, Timestamp At, string? Refusal);
