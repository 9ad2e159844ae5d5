namespace Attribution.Simulator;

/// <summary>Seeded chance: the same seed gives the same market on every machine.</summary>
internal sealed class SeededRandom(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>True in <paramref name="percent"/> of a hundred.</summary>
    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>From <paramref name="from"/> to below <paramref name="below"/>.</summary>
    public int Next(int from, int below) => random.Next(from, below);

    /// <summary>From <paramref name="from"/> to below <paramref name="below"/>.</summary>
    public long Next(long from, long below) => random.NextInt64(from, below);

    /// <summary>A duration of whole milliseconds from <paramref name="from"/> to below <paramref name="below"/>.</summary>
    public TimeSpan Next(TimeSpan from, TimeSpan below) => TimeSpan.FromMilliseconds(random.NextInt64((long)from.TotalMilliseconds, (long)below.TotalMilliseconds));

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    /// <summary>One of several, by weight.</summary>
    public T Pick<T>(IReadOnlyList<T> of, Func<T, double> weight)
    {
        var left = random.NextDouble() * of.Sum(weight);
        foreach (var one in of)
            if ((left -= weight(one)) < 0)
                return one;
        return of[^1];
    }

    /// <summary>The same things in another order.</summary>
    public List<T> Shuffle<T>(IEnumerable<T> of)
    {
        var all = of.ToArray();
        random.Shuffle(all);
        return [.. all];
    }
}
