using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>What a fitted model makes of a row of touches: integer weights, as of the other models. Pure.</summary>
public static class FittedWeights
{
    /// <summary>
    /// Fills a row with the weights of touches of the given placements, which stand in order. Markov: each touch weighs its placement's removal
    /// effect, but a touch right after one of the same placement weighs nothing, as the chain saw one step; where none has an effect, all
    /// weigh the same. Shapley: an even share to each distinct placement, at its first touch, which is what the value of the whole is the
    /// sum of (<see cref="PathCounts.ShapleyOf"/>).
    /// </summary>
    /// <param name="model">Markov or Shapley.</param>
    /// <param name="placements">Whose each touch was, in order; at least one.</param>
    /// <param name="fit">The fit of the conversion's day.</param>
    /// <param name="row">Receives a weight a touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs no fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Placement> placements, Fit fit, Weights row)
    {
        row.Clear();
        switch (model)
        {
            case Model.Markov:
                for (var i = 0; i < placements.Length; i++) row.Add(i > 0 && placements[i] == placements[i - 1] ? 0 : fit.EffectOf(placements[i]));
                if (!row.RunWeights.ContainsAnyExcept(Int128.Zero)) row.Clear().Add(1, placements.Length);
                break;
            case Model.Shapley:
                var seen = new HashSet<Placement>();
                foreach (var placement in placements) row.Add(seen.Add(placement) ? 1 : 0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs no fit.");
        }
    }
}
