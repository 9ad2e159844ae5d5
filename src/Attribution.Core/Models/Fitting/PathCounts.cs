using Attribution.Core.Values;

namespace Attribution.Core.Models.Fitting;

/// <summary>
/// Counts paths: the number of steps from placement to placement, and the number of placements that shared a
/// conversion. A path contains the placements of a person's touches in order; a placement that follows itself counts
/// once. Counts are integers and paths are not kept: the order of adding does not matter, and memory grows with the
/// number of distinct steps only, not with the number of paths. Not thread-safe.
/// </summary>
public sealed class PathCounts
{
    /// <summary>
    /// Maximum number of distinct steps of a chain of order 2 or 3, about 100 MB. With more steps, <see cref="Order"/>
    /// is reduced to the next lower one. A chain of order 1 is never reduced: it has at most one step per pair of
    /// placements.
    /// </summary>
    public const int MaxSteps = 1_000_000;

    private readonly Dictionary<Placement, int> indexes = [];
    private readonly List<PlacementCounts> placements = [];
    private readonly List<Dictionary<Step, StepCounts>> steps = [];
    private readonly Dictionary<(int Placement, int Shared), long> shared = [];
    private readonly int maxSteps;
    private int[] path = [];
    private long paths;

    /// <summary>Creates an instance without paths.</summary>
    /// <param name="order">
    /// Number of previous placements that the probability of the next step depends on: 1, 2 or 3.
    /// </param>
    /// <param name="maxSteps">Maximum number of distinct steps of a chain of order 2 or 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is not between 1 and 3.</exception>
    public PathCounts(int order, int maxSteps = MaxSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        this.maxSteps = maxSteps;
        for (var k = 1; k <= order; k++) steps.Add([]);
    }

    /// <summary>
    /// Gets the order of the chain: the requested one, or a lower one if that would have too many steps.
    /// </summary>
    public int Order => steps.Count;

    /// <summary>
    /// Gets the number of paths that ended in a conversion; a path with several conversions was added once for each.
    /// </summary>
    public long Conversions { get; private set; }

    /// <summary>Gets the number of paths that ended without a conversion.</summary>
    public long NonConverting { get; private set; }

    /// <summary>Gets the placements of all paths, ordered by campaign and creator (ordinal).</summary>
    public IReadOnlyList<PlacementCounts> Placements =>
    [
        .. placements.OrderBy(counts => counts.Placement.Campaign, StringComparer.Ordinal)
            .ThenBy(counts => counts.Placement.Creator, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Gets the number of distinct steps of the chain of <see cref="Order"/>, which determines its memory.
    /// </summary>
    public int StepCount => steps[^1].Count;

    internal IReadOnlyDictionary<Step, StepCounts> Steps => steps[^1];

    internal int IndexOf(Placement placement) => indexes[placement];

    /// <summary>Adds a path one or several times.</summary>
    /// <param name="touches">The placements in order; an empty path is not counted.</param>
    /// <param name="conversions">Number of times it ended in a conversion; not negative.</param>
    /// <param name="nonConverting">Number of times it ended without a conversion; not negative.</param>
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
    /// Returns a placement's Shapley value in conversions; 0 for an unknown placement. The value of a set of placements
    /// is the number of conversions of paths within the set. The Shapley value is then an equal share of each path for
    /// each placement it contains.
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

    /// <summary>
    /// Fills the path buffer with the numbers of the placements, without direct repetitions. Returns the length.
    /// </summary>
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
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            steps, step, out _);
        count = new(count.Conversions + times.Conversions, count.NonConverting + times.NonConverting);
    }

    /// <summary>The last placements of a path, the latest last; -1 for none.</summary>
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

    /// <summary>A step from a state to a placement, or to an end.</summary>
    internal readonly record struct Step(State From, int To)
    {
        public const int ToConversion = -1;
        public const int ToNonConversion = -2;
    }

    /// <summary>The number of times a step occurs in converting and in non-converting paths.</summary>
    internal readonly record struct StepCounts(long Conversions, long NonConverting);
}
