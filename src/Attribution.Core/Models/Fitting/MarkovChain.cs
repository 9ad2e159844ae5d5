using System.Runtime.Intrinsics;
using Attribution.Core.Values;
using State = Attribution.Core.Models.Fitting.PathCounts.State;
using Step = Attribution.Core.Models.Fitting.PathCounts.Step;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// The absorbing chain that counted paths make: from the start over states (the last one to three placements) to conversion or to nothing.
/// A placement's removal effect is the part of all conversions that is lost when every step to it leads to nothing instead
/// (Anderl, Becker, von Wangenheim, Schumann 2016, "Mapping the customer journey").
/// Nothing is simulated. The chances solve linear equations, swept over until nothing changes any more (Gauss-Seidel, to a few units in the
/// last place of a double). States and steps stand in one canonical order and each placement's sums are its own, so the same counts give
/// the same bits on every machine.
/// </summary>
public sealed class MarkovChain
{
    private const int Lanes = 8;
    private const double ConvergenceTolerance = 4 * 2.220446049250313e-16;
    private const int MaxSweeps = 1_000_000;

    /// <summary>Sweeps from one look whether they shrink alike to the next.</summary>
    private const int SweepsPerCheck = 4;

    /// <summary>How far what is left may shrink by another part than in the sweep before, and still shrinks alike.</summary>
    private const double RatioTolerance = 0.1;

    private readonly int[] lastPlacement;
    private readonly int[] firstStep;
    private readonly int[] targets;
    private readonly double[] probabilities;
    private readonly double[] conversionProbability;
    private readonly int start;

    private MarkovChain(IReadOnlyList<Placement> placements, int[] lastOf, int[] firstStep, int[] targets, double[] chances, double[] converts, int start)
    {
        Placements = placements;
        (this.lastPlacement, this.firstStep, this.targets, this.probabilities, this.conversionProbability, this.start) = (lastOf, firstStep, targets, chances, converts, start);
    }

    /// <summary>The placements, by campaign and creator, ordinal.</summary>
    public IReadOnlyList<Placement> Placements { get; }

    /// <summary>The chain of counted paths, of their order.</summary>
    /// <param name="counts">The paths.</param>
    /// <param name="nonConverting">
    /// Whether paths that ended in no conversion count. Without them every path converts, and the effect of a placement is the chance that
    /// a path meets it.
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

        // Every state but the start was stepped to and is stepped from, so the sources are all states there are.
        var states = new List<State>();
        foreach (var step in steps)
            if (states.Count == 0 || states[^1] != step.From)
                states.Add(step.From);
        var index = new Dictionary<State, int>(states.Count);
        for (var i = 0; i < states.Count; i++) index.Add(states[i], i);
        if (!index.TryGetValue(State.Start, out var start)) return new(placements, [], [0], [], [], [], -1);

        var leadsTo = Array.ConvertAll(steps, step => step.To < 0 ? step.To : index[step.From.Next(step.To, counts.Order)]);
        var from = new int[states.Count + 1];
        foreach (var step in steps) from[index[step.From] + 1]++;
        for (var i = 0; i < states.Count; i++) from[i + 1] += from[i];
        var order = OrderTargetsFirst(start, from, leadsTo);
        var place = new int[states.Count];
        for (var i = 0; i < order.Count; i++) place[order[i]] = i;

        var firstStep = new int[order.Count + 1];
        var converts = new double[order.Count];
        var targets = new List<int>(steps.Length);
        var chances = new List<double>(steps.Length);
        for (var i = 0; i < order.Count; i++)
        {
            var all = 0L;
            for (var step = from[order[i]]; step < from[order[i] + 1]; step++) all += steps[step].Times;
            for (var step = from[order[i]]; step < from[order[i] + 1]; step++)
            {
                var chance = (double)steps[step].Times / all;
                if (leadsTo[step] == Step.ToConversion)
                {
                    converts[i] = chance;
                }
                else if (leadsTo[step] >= 0)
                {
                    targets.Add(place[leadsTo[step]]);
                    chances.Add(chance);
                }
            }

            firstStep[i + 1] = targets.Count;
        }

        return new(placements, [.. order.Select(state => states[state].Last)], firstStep, [.. targets], [.. chances], converts, place[start]);
    }

    /// <summary>
    /// The states in the order in which a walk from the start leaves them for good, so that what a state leads to stands before it but where
    /// steps go round: one sweep in this order then carries a chance along a whole path, and what is read together lies together.
    /// </summary>
    /// <param name="start">Where every path begins.</param>
    /// <param name="from">A state's first step, by state; the next state's is the first no more.</param>
    /// <param name="leadsTo">The state that a step leads to; below 0 an end.</param>
    private static List<int> OrderTargetsFirst(int start, int[] from, int[] leadsTo)
    {
        var order = new List<int>(from.Length - 1);
        var next = (int[])from.Clone();
        var met = new bool[next.Length];
        var way = new Stack<int>([start]);
        met[start] = true;
        while (way.TryPeek(out var state))
        {
            if (next[state] == from[state + 1])
            {
                order.Add(way.Pop());
                continue;
            }

            var to = leadsTo[next[state]++];
            if (to < 0 || met[to]) continue;
            met[to] = true;
            way.Push(to);
        }

        return order;
    }

    /// <summary>
    /// The removal effect of each placement, in the order of <see cref="Placements"/>, 0 to 1. All 0 when nothing ever converted.
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
            for (var lane = 0; lane < Lanes && first + lane < effects.Length; lane++) effects[first + lane] = Math.Min(1, lost[start][lane] / value[start]);
        }

        return effects;
    }

    /// <summary>From each state, the chance that the path converts.</summary>
    private double[] ConversionProbabilities()
    {
        var (value, changes) = (new Vector512<double>[lastPlacement.Length], new Vector512<double>[lastPlacement.Length]);
        Solve(value, changes, conversionProbability, Placements.Count, conversionProbability);
        return Array.ConvertAll(value, lanes => lanes[0]);
    }

    /// <summary>
    /// Finds what each state is worth, for eight placements at a time, by sweeps over the states until none changes: a state is worth what the
    /// steps from it lead to, but one of the lane's own placement is worth <paramref name="own"/>. With the chances to convert for that,
    /// and nothing at the ends, it is the chance to meet the placement and convert after it, which is what is lost without it: found as such, not
    /// as a difference of two chances near each other, so that small effects are as exact as large ones.
    /// </summary>
    /// <remarks>
    /// Where steps go round, what is still missing soon shrinks by the same part from sweep to sweep: then the rest of that series is added at once.
    /// </remarks>
    /// <param name="found">Receives it; zeros before.</param>
    /// <param name="changes">Room to work in.</param>
    /// <param name="ends">What the steps from a state to an end are worth, by state.</param>
    /// <param name="first">The placement of the first lane; beyond the last: all lanes are alike, and no state is worth anything else.</param>
    /// <param name="own">What a state of the lane's own placement is worth, by state.</param>
    private void Solve(Vector512<double>[] found, Vector512<double>[] changes, double[] ends, int first, double[] own)
    {
        var (before, shrankBefore) = (Vector512<double>.Zero, Vector512<double>.Zero);
        for (var sweep = 1; sweep <= MaxSweeps; sweep++)
        {
            var (settled, all) = (true, Vector512<double>.Zero);
            for (var i = 0; i < found.Length; i++)
            {
                var now = Vector512.Create(ends[i]);
                for (var step = firstStep[i]; step < firstStep[i + 1]; step++) now += Vector512.Create(probabilities[step]) * found[targets[step]];
                var lane = lastPlacement[i] - first;
                if (lane is >= 0 and < Lanes) now = now.WithElement(lane, own[i]);
                var change = now - found[i];
                all += change;
                settled &= Vector512.LessThanOrEqualAll(Vector512.Abs(change), now * ConvergenceTolerance);
                if (sweep % SweepsPerCheck == 0) changes[i] = change;
                found[i] = now;
            }

            if (settled) return;
            var shrinks = all / before;
            if (sweep % SweepsPerCheck == 0) ExtrapolateRemainder(found, changes, shrinks, shrankBefore);
            (before, shrankBefore) = (all, shrinks);
        }

        throw new InvalidOperationException($"The chances of a chain of {lastPlacement.Length} states did not settle in {MaxSweeps} sweeps.");
    }

    /// <summary>Adds q + q² + … of the last changes in the lanes that shrink alike, by q below 1.</summary>
    private static void ExtrapolateRemainder(Vector512<double>[] found, Vector512<double>[] changes, Vector512<double> shrinks, Vector512<double> shrankBefore)
    {
        var whole = Vector512<double>.One;
        var alike = Vector512.LessThan(Vector512.Abs(shrinks - shrankBefore), shrinks * RatioTolerance) & Vector512.LessThan(shrinks, whole);
        var rest = Vector512.ConditionalSelect(alike, shrinks / (whole - shrinks), Vector512<double>.Zero);
        for (var i = 0; i < found.Length; i++) found[i] += changes[i] * rest;
    }
}
