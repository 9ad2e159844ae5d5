using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// Calculates the weights of touches under the fitted models as integers, like <see cref="ModelWeights"/>. Pure.
/// </summary>
public static class FittedWeights
{
    /// <summary>
    /// Calculates the weights of touches of the given placements. Markov: each touch has its placement's removal effect
    /// as weight. A touch directly after one of the same placement weighs 0, because the chain has one step for both.
    /// If no touch has an effect, all weigh the same. Shapley: an equal share for each distinct placement, at its first
    /// touch; these shares sum to the Shapley value (<see cref="PathCounts.ShapleyOf"/>).
    /// </summary>
    /// <param name="model">Markov or Shapley.</param>
    /// <param name="placements">Placements of the touches, in order; at least one.</param>
    /// <param name="fit">The fit of the conversion's local day.</param>
    /// <param name="weights">Receives one weight per touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs no fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Placement> placements, Fit fit, Weights weights)
    {
        weights.Clear();
        switch (model)
        {
            case Model.Markov:
                for (var i = 0; i < placements.Length; i++)
                    weights.Add(i > 0 && placements[i] == placements[i - 1] ? 0 : fit.EffectOf(placements[i]));
                if (!weights.RunWeights.ContainsAnyExcept(Int128.Zero)) weights.Clear().Add(1, placements.Length);
                break;
            case Model.Shapley:
                var seen = new HashSet<Placement>();
                foreach (var placement in placements) weights.Add(seen.Add(placement) ? 1 : 0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs no fit.");
        }
    }
}
