using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// Counts of paths: how often which placement followed which, and who shared a conversion with how many. A path is a person's touches in
/// order, each named by its placement; a placement that follows itself counts once. Counts are integers and paths are not kept, so neither
/// the order of adding nor the number of paths matters: what is held grows with the distinct steps alone. Not thread-safe.
/// </summary>
public sealed class PathCounts
{
    /// <summary>
    /// Most distinct steps of a chain of order 2 or 3, some 100 MB. Beyond it that order is given up and <see cref="Order"/> is the next
    /// lower one; a chain of order 1 has at most one step for two placements and is never given up.
    /// </summary>
    public const int MaxSteps = 1_000_000;

    private readonly Dictionary<Placement, int> indexes = [];
    private readonly List<PlacementCounts> placements = [];
    private readonly List<Dictionary<Step, StepCounts>> steps = [];
    private readonly Dictionary<(int Placement, int Shared), long> shared = [];
    private readonly int maxSteps;
    private int[] path = [];
    private long paths;

    /// <summary>Begins with no paths.</summary>
    /// <param name="order">How many placements back the chance of the next step depends on: 1, 2 or 3.</param>
    /// <param name="mostSteps">Most distinct steps of a chain of order 2 or 3. <see cref="MaxSteps"/> unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another order.</exception>
    public PathCounts(int order, int mostSteps = MaxSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        this.maxSteps = mostSteps;
        for (var k = 1; k <= order; k++) steps.Add([]);
    }

    /// <summary>The order of the chain: the one asked for, or a lower one where that would have had too many steps.</summary>
    public int Order => steps.Count;

    /// <summary>Paths that ended in a conversion; one that holds several conversions was added once for each.</summary>
    public long Conversions { get; private set; }

    /// <summary>Paths that ended in none.</summary>
    public long NonConverting { get; private set; }

    /// <summary>The placements met, by campaign and creator, ordinal.</summary>
    public IReadOnlyList<PlacementCounts> Placements =>
        [.. placements.OrderBy(counts => counts.Placement.Campaign, StringComparer.Ordinal).ThenBy(counts => counts.Placement.Creator, StringComparer.Ordinal)];

    /// <summary>Distinct steps of the chain of <see cref="Order"/>: what its memory grows with.</summary>
    public int StepCount => steps[^1].Count;

    internal IReadOnlyDictionary<Step, StepCounts> Steps => steps[^1];

    internal int IndexOf(Placement placement) => indexes[placement];

    /// <summary>Adds a path as often as it was seen.</summary>
    /// <param name="touches">The placements in order; an empty path says nothing and is not counted.</param>
    /// <param name="conversions">How many times it ended in a conversion; not negative.</param>
    /// <param name="nonConverting">How many times it ended in none; not negative.</param>
    public void Add(IReadOnlyList<Placement> touches, long conversions, long nonConverting)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conversions);
        ArgumentOutOfRangeException.ThrowIfNegative(nonConverting);
        if (touches.Count == 0 || conversions + nonConverting == 0) return;
        paths++;
        Conversions += conversions;
        NonConverting += nonConverting;
        var length = ReadPath(touches);
        AddToPlacements(path.AsSpan(0, length), conversions, nonConverting);
        for (var k = 0; k < steps.Count; k++) AddSteps(k, path.AsSpan(0, length), new(conversions, nonConverting));
        while (steps.Count > 1 && steps[^1].Count > maxSteps) steps.RemoveAt(steps.Count - 1);
    }

    /// <summary>
    /// A placement's Shapley value in conversions, where a set of placements is worth the conversions of the paths that lie wholly within
    /// it: the value is then an even share in each path to the placements it holds. 0 for a placement that was never met.
    /// </summary>
    public double ShapleyOf(Placement placement)
    {
        if (!indexes.TryGetValue(placement, out var number)) return 0;
        var most = placements[number].MaxShared;
        var value = 0.0;
        for (var size = most; size >= 1; size--)
            if (shared.TryGetValue((number, size), out var conversions))
                value += (double)conversions / size;
        return value;
    }

    /// <summary>Puts the numbers of the path's placements where they can be walked, repeats collapsed.</summary>
    private int ReadPath(IReadOnlyList<Placement> touches)
    {
        if (path.Length < touches.Count) path = new int[Math.Max(touches.Count, path.Length * 2)];
        var length = 0;
        foreach (var touch in touches)
        {
            if (!indexes.TryGetValue(touch, out var number))
            {
                indexes.Add(touch, number = placements.Count);
                placements.Add(new(touch));
            }

            if (length == 0 || path[length - 1] != number) path[length++] = number;
        }

        return length;
    }

    private void AddToPlacements(ReadOnlySpan<int> path, long conversions, long nonConverting)
    {
        var distinct = 0;
        foreach (var number in path)
        {
            var counts = placements[number];
            if (counts.LastPath == paths) continue;
            counts.LastPath = paths;
            counts.Paths += conversions + nonConverting;
            counts.Conversions += conversions;
            distinct++;
        }

        if (conversions == 0) return;
        foreach (var number in path)
        {
            var counts = placements[number];
            if (counts.LastPath != paths) continue;
            counts.LastPath = -paths;
            counts.MaxShared = Math.Max(counts.MaxShared, distinct);
            shared[(number, distinct)] = shared.GetValueOrDefault((number, distinct)) + conversions;
        }
    }

    private void AddSteps(int k, ReadOnlySpan<int> path, StepCounts times)
    {
        var state = State.Start;
        foreach (var number in path)
        {
            Add(steps[k], new(state, number), times);
            state = state.Next(number, k + 1);
        }

        if (times.Conversions > 0) Add(steps[k], new(state, Step.ToConversion), times with { NonConverting = 0 });
        if (times.NonConverting > 0) Add(steps[k], new(state, Step.ToNonConversion), times with { Conversions = 0 });
    }

    private static void Add(Dictionary<Step, StepCounts> steps, Step step, StepCounts times)
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(steps, step, out _);
        count = new(count.Conversions + times.Conversions, count.NonConverting + times.NonConverting);
    }

    /// <summary>The last placements of a path, the latest last; -1 where there is none.</summary>
    internal readonly record struct State(int Third, int Second, int Last)
    {
        public static readonly State Start = new(-1, -1, -1);

        public State Next(int next, int order) => order switch
        {
            1 => new(-1, -1, next),
            2 => new(-1, Last, next),
            _ => new(Second, Last, next),
        };
    }

    /// <summary>From a state to a placement, or to an end.</summary>
    internal readonly record struct Step(State From, int To)
    {
        public const int ToConversion = -1;
        public const int ToNonConversion = -2;
    }

    /// <summary>How often a step was made in paths that converted, and in those that did not.</summary>
    internal readonly record struct StepCounts(long Conversions, long NonConverting);
}

/// <summary>How many paths hold a placement.</summary>
public sealed class PlacementCounts
{
    internal PlacementCounts(Placement placement) => Placement = placement;

    /// <summary>The placement.</summary>
    public Placement Placement { get; }

    /// <summary>Paths that hold it, converting or not.</summary>
    public long Paths { get; internal set; }

    /// <summary>Those of them that ended in a conversion.</summary>
    public long Conversions { get; internal set; }

    internal long LastPath { get; set; }

    internal int MaxShared { get; set; }
}
