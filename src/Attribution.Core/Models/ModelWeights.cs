using Attribution.Core.Values;

namespace Attribution.Core.Models;

/// <summary>
/// What each model makes of a row of touches: integer weights, so that shares can be exact. Pure.
/// One touch always has all; where a shaped model has no middle its two ends keep their proportion.
/// </summary>
public static class ModelWeights
{
    /// <summary>Time after which a touch counts half under <see cref="Model.TimeDecay"/>: 7 days.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(7);

    private const double DecayUnit = 1e12;

    /// <summary>Fills the weights of touches at the given instants, which stand in order.</summary>
    /// <param name="model">Any model that needs no fit.</param>
    /// <param name="times">When each touch was, in order; at least one.</param>
    /// <param name="weights">Receives a weight a touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs a fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Timestamp> times, Span<Int128> weights)
    {
        weights.Clear();
        switch (model)
        {
            case Model.FirstTouch:
                weights[0] = 1;
                break;
            case Model.LastTouch:
                weights[^1] = 1;
                break;
            case Model.Linear or Model.Participation:
                weights.Fill(1);
                break;
            case Model.TimeDecay:
                FillDecay(times, weights);
                break;
            case Model.PositionBased:
                FillShape(weights, first: 2, last: 2);
                break;
            case Model.JShaped:
                FillShape(weights, first: 1, last: 3);
                break;
            case Model.InverseJ:
                FillShape(weights, first: 3, last: 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs a fit.");
        }
    }

    /// <summary>The middle weighs 1 fifth in all, the ends <paramref name="first"/> and <paramref name="last"/> fifths; 5 = first + 1 + last.</summary>
    private static void FillShape(Span<Int128> weights, int first, int last)
    {
        var middle = weights.Length - 2;
        weights.Fill(1);
        if (middle < 0) return;
        weights[0] = middle == 0 ? first : first * middle;
        weights[^1] = middle == 0 ? last : last * middle;
    }

    /// <summary>2^(−Δt/h), Δt to the latest touch, to 12 decimals: the latest always weighs 1, so nothing underflows to nothing.</summary>
    private static void FillDecay(ReadOnlySpan<Timestamp> times, Span<Int128> weights)
    {
        for (var i = 0; i < weights.Length; i++)
            weights[i] = (long)Math.Round(Math.Pow(2, -((times[^1] - times[i]) / HalfLife)) * DecayUnit);
    }
}
