using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rollups;

/// <summary>The sums that one fold added to the rollups of a brand. Kept forever.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Number">The number: 1 for the brand's first, one more for each later.</param>
/// <param name="At">The time; later than the brand's previous manifest's, even if hosts' clocks differ.</param>
/// <param name="Sums">The added sums by key.</param>
public sealed record FoldManifestDocument(string Brand, long Number, Timestamp At, MeasureSums Sums);
