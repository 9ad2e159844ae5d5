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

    /// <summary>Fills a row with the weights of touches at the given instants, which stand in order.</summary>
    /// <param name="model">Any model that needs no fit.</param>
    /// <param name="times">When each touch was, in order; at least one.</param>
    /// <param name="row">Receives a weight a touch, at least one of them above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model needs a fit.</exception>
    public static void Fill(Model model, ReadOnlySpan<Timestamp> times, Weights row)
    {
        row.Clear();
        switch (model)
        {
            case Model.FirstTouch:
                row.Add(1);
                row.Add(0, times.Length - 1);
                break;
            case Model.LastTouch:
                row.Add(0, times.Length - 1);
                row.Add(1);
                break;
            case Model.Linear or Model.Participation:
                row.Add(1, times.Length);
                break;
            case Model.TimeDecay:
                FillDecay(times, row);
                break;
            case Model.PositionBased:
                FillPositional(times.Length, first: 2, last: 2, row);
                break;
            case Model.JShaped:
                FillPositional(times.Length, first: 1, last: 3, row);
                break;
            case Model.InverseJ:
                FillPositional(times.Length, first: 3, last: 1, row);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(model), model, "The model needs a fit.");
        }
    }

    /// <summary>The middle weighs 1 fifth in all, the ends <paramref name="first"/> and <paramref name="last"/> fifths; 5 = first + 1 + last.</summary>
    private static void FillPositional(int touches, int first, int last, Weights row)
    {
        var middle = touches - 2;
        if (middle < 0)
        {
            row.Add(1);
            return;
        }

        row.Add(first * Math.Max(1, middle));
        row.Add(1, middle);
        row.Add(last * Math.Max(1, middle));
    }

    /// <summary>2^(−Δt/h), Δt to the latest touch, to 12 decimals: the latest always weighs 1, so nothing underflows to nothing.</summary>
    private static void FillDecay(ReadOnlySpan<Timestamp> times, Weights row)
    {
        var (latest, halfLife) = (times[^1].UnixMilliseconds, HalfLife.TotalMilliseconds);
        foreach (var time in times) row.Add(unchecked((long)Math.Round(Math.Pow(2, (time.UnixMilliseconds - latest) / halfLife) * DecayUnit)));
    }
}
