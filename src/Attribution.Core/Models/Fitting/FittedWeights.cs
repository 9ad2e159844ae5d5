using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>What a fitted model makes of a row of touches: integer weights, as of the other models. Pure.</summary>
public static class FittedWeights
{
    /// <summary>
    /// Fills the weights of touches of the given placements, which stand in order. Markov: each touch weighs its placement's removal
    /// effect, but a touch right after one of the same placement weighs nothing, as the chain saw one step; where none has an effect, all
    /// weigh the same. Shapley: an even share to each distinct placement, at its first touch, which is what the value of the whole is the
    /// sum of (<see cref="PathCounts.ShapleyOf"/>).
    /// </summary>
    /// <param name="model">Markov or Shapley.</param>
    /// <param name="placements">Whose each touch was, in order; at least one.</param>
    /// <param name="fit">The fit of the conversion's day.</param>
    /// <param name="weights">Receives a weight a touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs no fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Placement> placements, Fit fit, Span<Int128> weights)
    {
        weights.Clear();
        switch (model)
        {
            case Model.Markov:
                for (var i = 0; i < weights.Length; i++)
                    if (i == 0 || placements[i] != placements[i - 1])
                        weights[i] = fit.EffectOf(placements[i]);
                if (!weights.ContainsAnyExcept(Int128.Zero)) weights.Fill(1);
                break;
            case Model.Shapley:
                for (var i = 0; i < weights.Length; i++)
                    if (!placements[..i].Contains(placements[i]))
                        weights[i] = 1;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs no fit.");
        }
    }
}
