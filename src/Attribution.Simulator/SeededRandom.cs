namespace Attribution.Simulator;

/// <summary>A seeded source of randomness: the same seed gives the same results on every machine.</summary>
internal sealed class SeededRandom(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Returns true with a probability of <paramref name="percent"/> percent.</summary>
    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>Returns true with a probability from 0 to 1.</summary>
    public bool Happens(double probability) => random.NextDouble() < probability;

    /// <summary>Returns a number from <paramref name="from"/> (inclusive) to <paramref name="below"/> (exclusive).</summary>
    public double Next(double from, double below) => from + (random.NextDouble() * (below - from));

    /// <summary>
    /// Returns a number from <paramref name="from"/> (inclusive) to <paramref name="below"/> (exclusive).
    /// </summary>
    public int Next(int from, int below) => random.Next(from, below);

    /// <summary>
    /// Returns a number from <paramref name="from"/> (inclusive) to <paramref name="below"/> (exclusive).
    /// </summary>
    public long Next(long from, long below) => random.NextInt64(from, below);

    /// <summary>
    /// Returns a duration of whole milliseconds from <paramref name="from"/> (inclusive) to <paramref name="below"/>
    /// (exclusive).
    /// </summary>
    public TimeSpan Next(TimeSpan from, TimeSpan below) =>
        TimeSpan.FromMilliseconds(random.NextInt64((long)from.TotalMilliseconds, (long)below.TotalMilliseconds));

    /// <summary>Returns a random item.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Returns a random item with a probability proportional to its weight.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, double> weight)
    {
        var left = random.NextDouble() * items.Sum(weight);
        foreach (var item in items)
            if ((left -= weight(item)) < 0)
                return item;
        return items[^1];
    }

    /// <summary>Returns the items in random order.</summary>
    public List<T> Shuffle<T>(IEnumerable<T> items)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
