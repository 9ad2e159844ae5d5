using System.Collections.Immutable;
using System.Globalization;
using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>The sign-in attempts of a user from a prefix of addresses.</summary>
/// <param name="Address">The prefix: an IPv4 address, or the first 64 bits of an IPv6 address.</param>
/// <param name="LastAttemptAt">The time of the last attempt.</param>
public sealed record SignInAddress(string Address, Timestamp LastAttemptAt)
{
    /// <summary>Gets the number of unsuccessful attempts since the last success or lock.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Gets the time (exclusive) until which no password is checked; null if there is no lock.</summary>
    public Timestamp? LockedUntil { get; init; }

    /// <summary>Gets the time of the last successful attempt; null if there was none.</summary>
    public Timestamp? SignedInAt { get; init; }

    /// <summary>Returns the stored form of addresses; null if there are none.</summary>
    internal static string? Encode(ImmutableArray<SignInAddress> addresses) =>
        addresses.IsDefaultOrEmpty ? null : string.Join('\n', addresses.Select(EncodeOne));

    /// <summary>Returns the addresses of a stored form.</summary>
    internal static ImmutableArray<SignInAddress> Decode(string? stored) =>
        stored is null ? [] : [.. stored.Split('\n').Select(line => DecodeOne(line.Split(' ')))];

    private static string EncodeOne(SignInAddress known)
    {
        var numbers = new[]
        {
            known.LastAttemptAt.UnixMilliseconds, known.FailedAttempts, known.LockedUntil?.UnixMilliseconds ?? 0,
            known.SignedInAt?.UnixMilliseconds ?? 0,
        };
        return $"{known.Address} {string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}";
    }

    private static SignInAddress DecodeOne(string[] parts)
    {
        return new(parts[0], new(Number(1)))
        {
            FailedAttempts = (int)Number(2), LockedUntil = Time(3), SignedInAt = Time(4),
        };

        long Number(int index) => long.Parse(parts[index], CultureInfo.InvariantCulture);

        Timestamp? Time(int index) => Number(index) is not 0 and var time ? new Timestamp(time) : null;
    }
}
