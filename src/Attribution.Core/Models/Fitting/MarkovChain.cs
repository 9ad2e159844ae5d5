using System.Runtime.Intrinsics;
using Attribution.Core.Values;
using State = Attribution.Core.Models.Fitting.PathCounts.State;
using Step = Attribution.Core.Models.Fitting.PathCounts.Step;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// The absorbing chain that counted paths make: from the start over states (the last one to three placements) to conversion or to nothing.
/// A placement's removal effect is the part of all conversions that is lost when every step to it leads to nothing instead
/// (Anderl, Becker, von Wangenheim, Schumann 2016, "Mapping the customer journey").
/// Nothing is simulated. The chances solve linear equations, swept over until nothing changes any more (Gauss-Seidel from below, to a few
/// units in the last place of a double). States and steps stand in one canonical order and each placement's sums are its own, so the same
/// counts give the same bits on every machine.
/// </summary>
public sealed class MarkovChain
{
    private const int Lanes = 4;
    private const double Settled = 4 * 2.220446049250313e-16;
    private const int MostSweeps = 1_000_000;

    private readonly int[] lastOf;
    private readonly int[] firstStep;
    private readonly int[] targets;
    private readonly double[] chances;
    private readonly double[] converts;
    private readonly int start;

    private MarkovChain(IReadOnlyList<Placement> placements, int[] lastOf, int[] firstStep, int[] targets, double[] chances, double[] converts, int start)
    {
        Placements = placements;
        (this.lastOf, this.firstStep, this.targets, this.chances, this.converts, this.start) = (lastOf, firstStep, targets, chances, converts, start);
    }

    /// <summary>The placements, by campaign and creator, ordinal.</summary>
    public IReadOnlyList<Placement> Placements { get; }

    /// <summary>The chain of counted paths, of their order.</summary>
    /// <param name="counts">The paths.</param>
    /// <param name="nonConverting">
    /// Whether paths that ended in no conversion count. Without them every path converts, and the effect of a placement is the chance that
    /// a path meets it.
    /// </param>
    public static MarkovChain Of(PathCounts counts, bool nonConverting)
    {
        Placement[] placements = [.. counts.Placements.Select(counted => counted.Placement)];
        var rank = new int[placements.Length];
        for (var i = 0; i < placements.Length; i++) rank[counts.NumberOf(placements[i])] = i;

        State Ranked(State state) => new(RankOf(state.Third), RankOf(state.Second), RankOf(state.Last));
        int RankOf(int number) => number < 0 ? number : rank[number];
        long Times(PathCounts.Count count) => nonConverting ? count.Conversions + count.NonConverting : count.Conversions;

        var steps = counts.Steps.Select(step => (From: Ranked(step.Key.From), To: RankOf(step.Key.To), Times: Times(step.Value)))
            .Where(step => step.Times > 0)
            .OrderBy(step => step.From.Third).ThenBy(step => step.From.Second).ThenBy(step => step.From.Last).ThenBy(step => step.To).ToArray();

        // Every state but the start was stepped to and is stepped from, so the sources are all states there are.
        var states = new List<State>();
        foreach (var step in steps)
            if (states.Count == 0 || states[^1] != step.From)
                states.Add(step.From);
        var index = new Dictionary<State, int>(states.Count);
        for (var i = 0; i < states.Count; i++) index.Add(states[i], i);

        var firstStep = new int[states.Count + 1];
        var converts = new double[states.Count];
        var targets = new List<int>(steps.Length);
        var chances = new List<double>(steps.Length);
        for (int i = 0, at = 0; i < states.Count; i++)
        {
            var end = at;
            var all = 0L;
            for (; end < steps.Length && steps[end].From == states[i]; end++) all += steps[end].Times;
            for (; at < end; at++)
            {
                var chance = (double)steps[at].Times / all;
                if (steps[at].To == Step.ToConversion)
                {
                    converts[i] = chance;
                }
                else if (steps[at].To >= 0)
                {
                    targets.Add(index[states[i].Then(steps[at].To, counts.Order)]);
                    chances.Add(chance);
                }
            }

            firstStep[i + 1] = targets.Count;
        }

        return new(placements, [.. states.Select(state => state.Last)], firstStep, [.. targets], [.. chances], converts, index.GetValueOrDefault(State.Start, -1));
    }

    /// <summary>
    /// The removal effect of each placement, in the order of <see cref="Placements"/>, 0 to 1. All 0 when nothing ever converted.
    /// </summary>
    public double[] RemovalEffects()
    {
        var effects = new double[Placements.Count];
        if (start < 0) return effects;
        var value = ChancesToConvert();
        if (value[start] == 0) return effects;
        var lost = new Vector256<double>[lastOf.Length];
        for (var first = 0; first < effects.Length; first += Lanes)
        {
            var ofStart = Lost(first, value, lost);
            for (var lane = 0; lane < Lanes && first + lane < effects.Length; lane++) effects[first + lane] = Math.Min(1, ofStart[lane] / value[start]);
        }

        return effects;
    }

    /// <summary>From each state, the chance that the path converts.</summary>
    private double[] ChancesToConvert()
    {
        var value = new double[lastOf.Length];
        Sweep(i =>
        {
            var sum = converts[i];
            for (var step = firstStep[i]; step < firstStep[i + 1]; step++) sum += chances[step] * value[targets[step]];
            var settled = Math.Abs(sum - value[i]) <= Settled * sum;
            value[i] = sum;
            return settled;
        });
        return value;
    }

    /// <summary>
    /// The chance from the start to meet a placement and convert after it, for four placements at a time: what is lost without each. It
    /// is found as such, not as a difference of two chances near each other, so that small effects are as exact as large ones.
    /// </summary>
    private Vector256<double> Lost(int first, double[] value, Vector256<double>[] lost)
    {
        // What entering a state is worth: of a placement itself all that would convert from there, of others what the sweep finds.
        Vector256<double> Entered(int i, Vector256<double> found)
        {
            var lane = lastOf[i] - first;
            return lane is >= 0 and < Lanes ? found.WithElement(lane, value[i]) : found;
        }

        for (var i = 0; i < lost.Length; i++) lost[i] = Entered(i, Vector256<double>.Zero);
        Sweep(i =>
        {
            var sum = Vector256<double>.Zero;
            for (var step = firstStep[i]; step < firstStep[i + 1]; step++) sum += Vector256.Create(chances[step]) * lost[targets[step]];
            var entered = Entered(i, sum);
            var settled = Vector256.LessThanOrEqualAll(Vector256.Abs(entered - lost[i]), entered * Settled);
            lost[i] = entered;
            return settled;
        });
        return lost[start];
    }

    /// <summary>Goes over the states, back and forth, until none changes.</summary>
    private void Sweep(Func<int, bool> settle)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var settled = true;
            if (sweep % 2 == 0)
                for (var i = lastOf.Length - 1; i >= 0; i--) settled &= settle(i);
            else
                for (var i = 0; i < lastOf.Length; i++) settled &= settle(i);
            if (settled) return;
        }

        throw new InvalidOperationException($"The chances of a chain of {lastOf.Length} states did not settle in {MostSweeps} sweeps.");
    }
}
