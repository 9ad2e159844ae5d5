using System.Globalization;

namespace Attribution.Core.Values;

/// <summary>
/// An instant in whole milliseconds since 1970-01-01T00:00:00Z; finer units are truncated (toward the past).
/// </summary>
/// <param name="UnixMilliseconds">Milliseconds since the epoch; negative before it.</param>
public readonly record struct Timestamp(long UnixMilliseconds) : IComparable<Timestamp>
{
    /// <summary>Returns the instant of a date and time with offset.</summary>
    public static Timestamp From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>Returns the same instant in UTC.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>Adds a duration.</summary>
    public static Timestamp operator +(Timestamp left, TimeSpan right) =>
        new(left.UnixMilliseconds + (right.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>Subtracts a duration.</summary>
    public static Timestamp operator -(Timestamp left, TimeSpan right) =>
        new(left.UnixMilliseconds - (right.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>Returns the duration from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) =>
        new((left.UnixMilliseconds - right.UnixMilliseconds) * TimeSpan.TicksPerMillisecond);

    /// <summary>Returns true if <paramref name="left"/> is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMilliseconds < right.UnixMilliseconds;

    /// <summary>Returns true if <paramref name="left"/> is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMilliseconds > right.UnixMilliseconds;

    /// <summary>Returns true if <paramref name="left"/> is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    /// <summary>Returns true if <paramref name="left"/> is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    /// <summary>Returns the instant in RFC 3339 format in UTC, with milliseconds unless they are zero.</summary>
    public override string ToString() => ToDateTimeOffset().ToString(
        UnixMilliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
        CultureInfo.InvariantCulture);
}
