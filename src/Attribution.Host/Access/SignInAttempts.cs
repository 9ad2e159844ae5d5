using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Lockout rules of sign-in attempts, without side effects. An attempt counts as failed before its password is
/// verified, so that concurrent attempts cannot exceed the limit.
/// </summary>
internal static class SignInAttempts
{
    /// <summary>Indicates whether the password of an attempt at this instant is verified.</summary>
    public static bool IsUnlockedAt(this UserDocument user, Timestamp now) => !(user.LockedUntil > now);

    /// <summary>Returns the user after an attempt that may fail: the last allowed attempt locks the name.</summary>
    public static UserDocument WithAttempt(this UserDocument user, Timestamp now, SignInOptions rules) =>
        user.FailedAttempts + 1 < rules.WrongTries
            ? user with { FailedAttempts = user.FailedAttempts + 1 }
            : user with { FailedAttempts = 0, LockedUntil = now + rules.LockedFor };

    /// <summary>Returns the user after a successful attempt.</summary>
    public static UserDocument WithSuccess(this UserDocument user, Timestamp now) =>
        user with { FailedAttempts = 0, LockedUntil = null, SignedInAt = now };
}
