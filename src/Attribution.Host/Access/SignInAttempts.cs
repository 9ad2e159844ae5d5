using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>Which tries to sign in are looked at. Pure. A try counts as wrong from before its password is looked at, so that many at once are no more than one by one.</summary>
internal static class SignInAttempts
{
    /// <summary>Whether the password of a try at this moment is looked at.</summary>
    public static bool IsUnlockedAt(this UserDocument user, Timestamp now) => !(user.LockedUntil > now);

    /// <summary>The user after a try that may be wrong: the last that is allowed locks.</summary>
    public static UserDocument WithAttempt(this UserDocument user, Timestamp now, SignInOptions rules) =>
        user.FailedAttempts + 1 < rules.WrongTries ? user with { FailedAttempts = user.FailedAttempts + 1 } : user with { FailedAttempts = 0, LockedUntil = now + rules.LockedFor };

    /// <summary>The user after a try that was right.</summary>
    public static UserDocument WithSuccess(this UserDocument user, Timestamp now) => user with { FailedAttempts = 0, LockedUntil = null, SignedInAt = now };
}
