using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Lockout rules of sign-in attempts, without side effects. A name is locked for the address prefix that guesses it, so
/// that other clients cannot lock its user out. A name that many addresses guess is locked for all addresses from which
/// the user never signed in. An attempt counts as failed before its password is verified, so that concurrent attempts
/// cannot exceed the limit.
/// </summary>
internal static class SignInAttempts
{
    /// <summary>
    /// Failed attempts after which a name is locked for unknown addresses, in multiples of
    /// <see cref="SignInOptions.WrongTries"/>.
    /// </summary>
    public const int AddressesPerName = 20;

    /// <summary>Maximum number of addresses kept per user; those from which the user signed in are kept longest.</summary>
    public const int MaxAddresses = 50;

    /// <summary>Indicates whether the password of an attempt at this instant is verified.</summary>
    public static bool IsUnlockedAt(this UserDocument user, string address, Timestamp now, SignInOptions rules)
    {
        var known = user.Addresses.FirstOrDefault(known => known.Address == address);
        return !IsLockedAt(known?.LockedUntil, now, rules)
            && (known?.SignedInAt is not null || !IsLockedAt(user.LockedUntil, now, rules));
    }

    /// <summary>Returns the user after an attempt that may fail: the last allowed attempt locks the name.</summary>
    public static UserDocument WithAttempt(this UserDocument user, string address, Timestamp now, SignInOptions rules)
    {
        var known = user.Addresses.FirstOrDefault(known => known.Address == address) ?? new(address, now);
        var isLast = known.FailedAttempts + 1 >= rules.WrongTries;
        var isLastOfName = user.FailedAttempts + 1 >= rules.WrongTries * AddressesPerName;
        return user.With(known with
        {
            LastAttemptAt = now, FailedAttempts = isLast ? 0 : known.FailedAttempts + 1,
            LockedUntil = isLast ? now + rules.LockedFor : known.LockedUntil,
        }) with
        {
            FailedAttempts = isLastOfName ? 0 : user.FailedAttempts + 1,
            LockedUntil = isLastOfName ? now + rules.LockedFor : user.LockedUntil,
        };
    }

    /// <summary>Returns the user after a successful attempt.</summary>
    public static UserDocument WithSuccess(this UserDocument user, string address, Timestamp now) =>
        user.With(new(address, now) { SignedInAt = now }) with { FailedAttempts = 0, LockedUntil = null, SignedInAt = now };

    /// <summary>Returns the user without locks and failed attempts.</summary>
    public static UserDocument Unlock(this UserDocument user) => user with
    {
        FailedAttempts = 0, LockedUntil = null,
        Addresses = [.. user.Addresses.Select(known => known with { FailedAttempts = 0, LockedUntil = null })],
    };

    /// <summary>Returns the last time until which the name is locked for any address; null if it is not locked.</summary>
    public static Timestamp? FindLock(this UserDocument user, Timestamp now) => user.Addresses
        .Select(known => known.LockedUntil).Append(user.LockedUntil).Where(until => until > now)
        .OrderByDescending(until => until).FirstOrDefault();

    private static UserDocument With(this UserDocument user, SignInAddress address) => user with
    {
        Addresses =
        [
            .. user.Addresses.Where(known => known.Address != address.Address).Prepend(address)
                .OrderByDescending(known => known.SignedInAt is not null).ThenByDescending(known => known.LastAttemptAt)
                .Take(MaxAddresses),
        ],
    };

    // A lock further ahead than its length was set by a clock that was wrong.
    private static bool IsLockedAt(Timestamp? until, Timestamp now, SignInOptions rules) =>
        until is { } end && end > now && end <= now + rules.LockedFor;
}
