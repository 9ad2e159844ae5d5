using System.Globalization;
using System.Text;

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

/// <summary>A parser of RFC 3339 times, always with an offset, and of days.</summary>
public static class Rfc3339
{
    private static readonly long MinUnixMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxUnixMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>
    /// Parses <c>2026-03-02T10:15:00Z</c>, with any number of decimals of a second (truncated to milliseconds, toward
    /// the past) and an offset of up to ±23:59; <c>t</c> and <c>z</c> may be lower case. Returns false for anything
    /// else: no offset, a space instead of <c>T</c>, a nonexistent day, a leap second, or an instant outside the years
    /// 1 to 9999 in UTC.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Timestamp time)
    {
        time = default;
        if (text.Length < 20) return false;
        if (!Digits(text, 0, 4, out var year) || text[4] != '-' || !Digits(text, 5, 2, out var month)
            || text[7] != '-' || !Digits(text, 8, 2, out var day) || (text[10] | 0x20) != 't'
            || !Digits(text, 11, 2, out var hour) || text[13] != ':' || !Digits(text, 14, 2, out var minute)
            || text[16] != ':' || !Digits(text, 17, 2, out var second))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;

        var rest = text[19..];
        var millisecond = 0;
        if (rest[0] == '.')
        {
            var decimals = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (decimals < 1) return false;
            for (var i = 0; i < 3; i++) millisecond = millisecond * 10 + (i < decimals ? rest[1 + i] - '0' : 0);
            rest = rest[(1 + decimals)..];
        }

        var offset = 0;
        if (rest is not [(byte)'Z' or (byte)'z'])
        {
            if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
                || !Digits(rest, 1, 2, out var hours) || !Digits(rest, 4, 2, out var minutes) || hours > 23 || minutes > 59)
                return false;
            offset = (hours * 60 + minutes) * (rest[0] == '-' ? -60_000 : 60_000);
        }

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        var utc = (local - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond + millisecond - offset;
        if (utc < MinUnixMilliseconds || utc > MaxUnixMilliseconds) return false;
        time = new Timestamp(utc);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out Timestamp)"/>
    public static bool TryParse(string? text, out Timestamp time)
    {
        time = default;
        // Longer texts only add digits beyond milliseconds and are rejected.
        Span<byte> utf8 = stackalloc byte[64];
        return text is not null && Encoding.UTF8.TryGetBytes(text, utf8, out var written)
            && TryParse(utf8[..written], out time);
    }

    /// <summary>Parses a day such as <c>2026-03-01</c>; returns false for anything else.</summary>
    public static bool TryParseDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        foreach (var digit in text.Slice(start, count))
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }
        return true;
    }
}

/// <summary>
/// A generator of internal ids: UUIDs of version 7, so that new documents are stored next to each other. Thread-safe.
/// </summary>
public sealed class IdGenerator(TimeProvider time)
{
    /// <summary>Returns a new id. Ids are ordered by their time of creation.</summary>
#pragma warning disable RS0030 // The only place that may use it: all ids are created here.
    public Guid Next() => Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030
}
