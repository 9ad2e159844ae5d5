using Attribution.Core.Values;

namespace Attribution.Storage.Jobs;

/// <summary>An attempt to fit a brand's models.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="At">The time of the attempt.</param>
/// <param name="Refusal">
/// A sentence that explains why there are too few paths for a fit; null if there are enough.
/// </param>
public sealed record FitAttempt(string Brand, Timestamp At, string? Refusal);
