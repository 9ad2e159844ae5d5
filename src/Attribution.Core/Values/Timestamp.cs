using System.Globalization;

namespace Attribution.Core.Values;

/// <summary>An instant in whole milliseconds since 1970-01-01T00:00:00Z; anything finer is truncated (towards the past).</summary>
/// <param name="UnixMilliseconds">Milliseconds since the epoch; negative before it.</param>
public readonly record struct Timestamp(long UnixMilliseconds) : IComparable<Timestamp>
{
    /// <summary>The instant of a date and time with offset.</summary>
    public static Timestamp From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The same instant, in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>The instant a duration later.</summary>
    public static Timestamp operator +(Timestamp left, TimeSpan right) => new(left.UnixMilliseconds + (right.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>The instant a duration earlier.</summary>
    public static Timestamp operator -(Timestamp left, TimeSpan right) => new(left.UnixMilliseconds - (right.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>The time from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) => new((left.UnixMilliseconds - right.UnixMilliseconds) * TimeSpan.TicksPerMillisecond);

    /// <summary>Earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMilliseconds < right.UnixMilliseconds;

    /// <summary>Later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMilliseconds > right.UnixMilliseconds;

    /// <summary>Not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    /// <summary>RFC 3339 in UTC with milliseconds where there are any.</summary>
    public override string ToString() =>
        ToDateTimeOffset().ToString(UnixMilliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
