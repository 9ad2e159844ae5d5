using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>The values of one placement in a fit.</summary>
/// <param name="Placement">The placement.</param>
/// <param name="Paths">Number of paths that contain it, converting or not.</param>
/// <param name="Conversions">Number of those paths that ended in a conversion.</param>
/// <param name="Effect">
/// Removal effect, in 10⁻¹² of all conversions: its weight under <see cref="Model.Markov"/>.
/// </param>
/// <param name="Shapley">
/// Shapley value, in millionths of a conversion; except for rounding, the values of a fit sum to its conversions.
/// </param>
public sealed record FitValue(Placement Placement, long Paths, long Conversions, long Effect, long Shapley);
