using System.Runtime.Intrinsics;
using Attribution.Core.Values;
using State = Attribution.Core.Models.Fitting.PathCounts.State;
using Step = Attribution.Core.Models.Fitting.PathCounts.Step;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// The absorbing Markov chain of counted paths, from the start over states (the last one to three placements) to a
/// conversion or to none. A placement's removal effect is the fraction of all conversions that is lost if every step to
/// it ends without a conversion (Anderl, Becker, von Wangenheim, Schumann 2016, "Mapping the customer journey").
/// </summary>
/// <remarks>
/// Nothing is simulated. The probabilities solve linear equations iteratively (Gauss-Seidel, to a few units in the last
/// place of a double). States and steps have one canonical order, and each placement has its own sums, so equal counts
/// give bitwise equal results on every machine.
/// </remarks>
public sealed class MarkovChain
{
    private const int Lanes = 8;
    private const double ConvergenceTolerance = 4 * 2.220446049250313e-16;
    private const int MaxSweeps = 1_000_000;

    /// <summary>Number of sweeps between checks for a constant convergence ratio.</summary>
    private const int SweepsPerCheck = 4;

    /// <summary>
    /// Relative change of the convergence ratio between two sweeps up to which it counts as constant.
    /// </summary>
    private const double RatioTolerance = 0.1;

    private readonly int[] lastPlacement;
    private readonly int[] firstStep;
    private readonly int[] targets;
    private readonly double[] probabilities;
    private readonly double[] conversionProbability;
    private readonly int start;

    private MarkovChain(
        IReadOnlyList<Placement> placements, int[] lastPlacement, int[] firstStep, int[] targets, double[] probabilities,
        double[] conversionProbability, int start)
    {
        Placements = placements;
        (this.lastPlacement, this.firstStep, this.targets) = (lastPlacement, firstStep, targets);
        (this.probabilities, this.conversionProbability, this.start) = (probabilities, conversionProbability, start);
    }

    /// <summary>Gets the placements, ordered by campaign and creator (ordinal).</summary>
    public IReadOnlyList<Placement> Placements { get; }

    /// <summary>Creates the chain of counted paths, with the order of the counts.</summary>
    /// <param name="counts">The counted paths.</param>
    /// <param name="nonConverting">
    /// True to include paths without a conversion. Without them every path converts, and the effect of a placement is
    /// the probability that a path contains it.
    /// </param>
    public static MarkovChain FromPaths(PathCounts counts, bool nonConverting)
    {
        Placement[] placements = [.. counts.Placements.Select(counted => counted.Placement)];
        var rank = new int[placements.Length];
        for (var i = 0; i < placements.Length; i++) rank[counts.IndexOf(placements[i])] = i;

        State Ranked(State state) => new(RankOf(state.Third), RankOf(state.Second), RankOf(state.Last));
        int RankOf(int number) => number < 0 ? number : rank[number];
        long Times(PathCounts.StepCounts count) => nonConverting ? count.Conversions + count.NonConverting : count.Conversions;

        var steps = counts.Steps.Select(step => (From: Ranked(step.Key.From), To: RankOf(step.Key.To), Times: Times(step.Value)))
            .Where(step => step.Times > 0)
            .OrderBy(step => step.From.Third).ThenBy(step => step.From.Second).ThenBy(step => step.From.Last).ThenBy(step => step.To).ToArray();

        // Every state except the start is the target of a step and the source of a step, so the sources are all states.
        var states = new List<State>();
        foreach (var step in steps)
            if (states.Count == 0 || states[^1] != step.From)
                states.Add(step.From);
        var index = new Dictionary<State, int>(states.Count);
        for (var i = 0; i < states.Count; i++) index.Add(states[i], i);
        if (!index.TryGetValue(State.Start, out var start)) return new(placements, [], [0], [], [], [], -1);

        var stepTargets = Array.ConvertAll(
            steps, step => step.To < 0 ? step.To : index[step.From.Next(step.To, counts.Order)]);
        var from = new int[states.Count + 1];
        foreach (var step in steps) from[index[step.From] + 1]++;
        for (var i = 0; i < states.Count; i++) from[i + 1] += from[i];
        var order = OrderTargetsFirst(start, from, stepTargets);
        var position = new int[states.Count];
        for (var i = 0; i < order.Count; i++) position[order[i]] = i;

        var firstStep = new int[order.Count + 1];
        var conversionProbability = new double[order.Count];
        var targets = new List<int>(steps.Length);
        var probabilities = new List<double>(steps.Length);
        for (var i = 0; i < order.Count; i++)
        {
            var total = 0L;
            for (var step = from[order[i]]; step < from[order[i] + 1]; step++) total += steps[step].Times;
            for (var step = from[order[i]]; step < from[order[i] + 1]; step++)
            {
                var probability = (double)steps[step].Times / total;
                if (stepTargets[step] == Step.ToConversion)
                {
                    conversionProbability[i] = probability;
                }
                else if (stepTargets[step] >= 0)
                {
                    targets.Add(position[stepTargets[step]]);
                    probabilities.Add(probability);
                }
            }

            firstStep[i + 1] = targets.Count;
        }

        int[] lastPlacement = [.. order.Select(state => states[state].Last)];
        return new(placements, lastPlacement, firstStep, [.. targets], [.. probabilities], conversionProbability, position[start]);
    }

    /// <summary>
    /// Returns the states in depth-first postorder from the start, so that the targets of a state come before it,
    /// except in cycles. A sweep in this order carries a probability along a whole path, and states used together are
    /// close in memory.
    /// </summary>
    /// <param name="start">The state where every path begins.</param>
    /// <param name="from">Index of the first step of each state, followed by the number of steps.</param>
    /// <param name="stepTargets">Target state of each step; negative for an end.</param>
    private static List<int> OrderTargetsFirst(int start, int[] from, int[] stepTargets)
    {
        var order = new List<int>(from.Length - 1);
        var next = (int[])from.Clone();
        var isVisited = new bool[next.Length];
        var stack = new Stack<int>([start]);
        isVisited[start] = true;
        while (stack.TryPeek(out var state))
        {
            if (next[state] == from[state + 1])
            {
                order.Add(stack.Pop());
                continue;
            }

            var target = stepTargets[next[state]++];
            if (target < 0 || isVisited[target]) continue;
            isVisited[target] = true;
            stack.Push(target);
        }

        return order;
    }

    /// <summary>
    /// Calculates the removal effect of each placement, in the order of <see cref="Placements"/>, 0 to 1. All 0 if no
    /// path converted.
    /// </summary>
    public double[] RemovalEffects()
    {
        var effects = new double[Placements.Count];
        if (start < 0) return effects;
        var value = ConversionProbabilities();
        if (value[start] == 0) return effects;
        var (lost, changes) = (new Vector512<double>[lastPlacement.Length], new Vector512<double>[lastPlacement.Length]);
        for (var first = 0; first < effects.Length; first += Lanes)
        {
            Array.Clear(lost);
            Solve(lost, changes, new double[lastPlacement.Length], first, value);
            for (var lane = 0; lane < Lanes && first + lane < effects.Length; lane++)
                effects[first + lane] = Math.Min(1, lost[start][lane] / value[start]);
        }

        return effects;
    }

    /// <summary>Calculates for each state the probability that the path converts.</summary>
    private double[] ConversionProbabilities()
    {
        var (value, changes) = (new Vector512<double>[lastPlacement.Length], new Vector512<double>[lastPlacement.Length]);
        Solve(value, changes, conversionProbability, Placements.Count, conversionProbability);
        return Array.ConvertAll(value, lanes => lanes[0]);
    }

    /// <summary>
    /// Calculates the value of each state, for eight placements at a time, by sweeps over the states until no value
    /// changes. A state's value is the weighted sum of its steps' targets; a state of the lane's own placement has the
    /// value <paramref name="own"/>.
    /// </summary>
    /// <remarks>
    /// If <paramref name="own"/> contains the conversion probabilities and <paramref name="ends"/> is 0, the value is
    /// the probability to reach the placement and convert after it, which is lost without the placement. It is
    /// calculated directly rather than as the difference of two similar probabilities, so small effects are as exact as
    /// large ones. In cycles, the remaining change soon shrinks by a constant ratio per sweep; the rest of that
    /// geometric series is then added at once.
    /// </remarks>
    /// <param name="values">Receives the values; all 0 before the call.</param>
    /// <param name="changes">Buffer.</param>
    /// <param name="ends">Value of the steps to an end, by state.</param>
    /// <param name="first">
    /// Index of the placement in the first lane. If it is beyond the last placement, all lanes are equal and
    /// <paramref name="own"/> is not used.
    /// </param>
    /// <param name="own">Value of a state of the lane's own placement, by state.</param>
    private void Solve(Vector512<double>[] values, Vector512<double>[] changes, double[] ends, int first, double[] own)
    {
        var (previousSum, previousRatio) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var sweep = 1; sweep <= MaxSweeps; sweep++)
        {
            var (hasConverged, sum) = (true, Vector512<double>.Zero);
            for (var i = 0; i < values.Length; i++)
            {
                var value = Vector512.Create(ends[i]);
                for (var step = firstStep[i]; step < firstStep[i + 1]; step++)
                    value += Vector512.Create(probabilities[step]) * values[targets[step]];
                var lane = lastPlacement[i] - first;
                if (lane is >= 0 and < Lanes) value = value.WithElement(lane, own[i]);
                var change = value - values[i];
                sum += change;
                hasConverged &= Vector512.LessThanOrEqualAll(Vector512.Abs(change), value * ConvergenceTolerance);
                if (sweep % SweepsPerCheck == 0) changes[i] = change;
                values[i] = value;
            }

            if (hasConverged) return;
            var ratio = sum / previousSum;
            if (sweep % SweepsPerCheck == 0) ExtrapolateRemainder(values, changes, ratio, previousRatio);
            (previousSum, previousRatio) = (sum, ratio);
        }

        throw new InvalidOperationException(
            $"A Markov chain of {lastPlacement.Length} states did not converge in {MaxSweeps} sweeps.");
    }

    /// <summary>
    /// Adds q + q² + … times the last changes, in the lanes whose changes shrink by a constant ratio q below 1.
    /// </summary>
    private static void ExtrapolateRemainder(
        Vector512<double>[] values, Vector512<double>[] changes, Vector512<double> ratio, Vector512<double> previousRatio)
    {
        var one = Vector512<double>.One;
        var isConstant = Vector512.LessThan(Vector512.Abs(ratio - previousRatio), ratio * RatioTolerance) & Vector512.LessThan(ratio, one);
        var remainder = Vector512.ConditionalSelect(isConstant, ratio / (one - ratio), Vector512<double>.Zero);
        for (var i = 0; i < values.Length; i++) values[i] += changes[i] * remainder;
    }
}
