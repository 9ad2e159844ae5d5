using Attribution.Core.Values;

namespace Attribution.Core.Models;

/// <summary>
/// Calculates the weights of touches under each model as integers, so that shares can be exact. Pure. A single touch
/// gets everything; if a position-based model has no middle, its two ends keep their proportion.
/// </summary>
public static class ModelWeights
{
    /// <summary>Time in which the weight of a touch halves under <see cref="Model.TimeDecay"/>: 7 days.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(7);

    private const double DecayUnit = 1e12;

    /// <summary>Calculates the weights of touches at the given instants.</summary>
    /// <param name="model">Any model that needs no fit.</param>
    /// <param name="times">Times of the touches, in order; at least one.</param>
    /// <param name="weights">Receives one weight per touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs a fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Timestamp> times, Weights weights)
    {
        weights.Clear();
        switch (model)
        {
            case Model.FirstTouch:
                weights.Add(1);
                weights.Add(0, times.Length - 1);
                break;
            case Model.LastTouch:
                weights.Add(0, times.Length - 1);
                weights.Add(1);
                break;
            case Model.Linear or Model.Participation:
                weights.Add(1, times.Length);
                break;
            case Model.TimeDecay:
                FillDecay(times, weights);
                break;
            case Model.PositionBased:
                FillPositional(times.Length, first: 2, last: 2, weights);
                break;
            case Model.JShaped:
                FillPositional(times.Length, first: 1, last: 3, weights);
                break;
            case Model.InverseJ:
                FillPositional(times.Length, first: 3, last: 1, weights);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs a fit.");
        }
    }

    /// <summary>
    /// Gives the middle one fifth in total and the ends <paramref name="first"/> and <paramref name="last"/> fifths;
    /// first + 1 + last = 5.
    /// </summary>
    private static void FillPositional(int touches, int first, int last, Weights weights)
    {
        var middle = touches - 2;
        if (middle < 0)
        {
            weights.Add(1);
            return;
        }

        weights.Add(first * Math.Max(1, middle));
        weights.Add(1, middle);
        weights.Add(last * Math.Max(1, middle));
    }

    /// <summary>
    /// Calculates 2^(−Δt/h) with Δt to the latest touch, to 12 decimals. The latest touch always weighs 1, so the sum
    /// is never 0.
    /// </summary>
    private static void FillDecay(ReadOnlySpan<Timestamp> times, Weights weights)
    {
        var (latest, halfLife) = (times[^1].UnixMilliseconds, HalfLife.TotalMilliseconds);
        foreach (var time in times)
            weights.Add(
                unchecked((long)Math.Round(Math.Pow(2, (time.UnixMilliseconds - latest) / halfLife) * DecayUnit)));
    }
}
