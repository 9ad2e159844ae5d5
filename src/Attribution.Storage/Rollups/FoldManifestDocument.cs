using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>What one fold added to the rollups of a brand. Kept for ever.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Number">1 for the brand's first, one more for each later.</param>
/// <param name="At">When; never before the manifest before it, whatever the clocks of several hosts say.</param>
/// <param name="Sums">What was added, by key.</param>
public sealed record FoldManifestDocument(string Brand, long Number, Timestamp At, MeasureSums Sums);
