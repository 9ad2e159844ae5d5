namespace Attribution.Core.Values;

/// <summary>Sums of 128 bits, for amounts and counters whose sum can exceed 64 bits.</summary>
public static class WideSums
{
    /// <summary>Returns the sum of the values of some items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="value">Returns the value of an item.</param>
    public static Int128 SumWide<T>(this IEnumerable<T> items, Func<T, Int128> value)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(value);
        var sum = Int128.Zero;
        foreach (var item in items) sum += value(item);
        return sum;
    }
}
