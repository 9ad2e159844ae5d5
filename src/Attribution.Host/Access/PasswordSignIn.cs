using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>Sign-in with name and password, checked against the store. Thread-safe.</summary>
internal sealed class PasswordSignIn(
    IUserStore store, IAuditStore audit, IOptions<AttributionHostOptions> host, TimeProvider time)
{
    /// <summary>Minimum and maximum length of a password in characters, both inclusive.</summary>
    public const int MinLength = 12, MaxLength = 256;

    private static readonly PasswordHasher<UserDocument> Hasher = new();

    // Hashing is expensive by design. Sign-in attempts must not occupy every core.
    private static readonly SemaphoreSlim Concurrency = new(Math.Max(1, Environment.ProcessorCount / 2));

    // Verified for unknown names, so that they take as long as known ones.
    private static readonly Lazy<string> DummyHash = new(() => Hash(Guid.Empty.ToString()));

    /// <summary>Hashes a password for storage with the framework's hasher.</summary>
    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Returns the reason why a password is not allowed; null if it is allowed.</summary>
    public static string? FindFault(string password) =>
        password.Length is < MinLength or > MaxLength
            ? $"A password must have {MinLength} to {MaxLength} characters; this one has {password.Length}."
            : null;

    /// <summary>
    /// Returns the user with this name and password; null if they do not match or the name is locked.
    /// </summary>
    public async Task<UserDocument?> SignInAsync(string name, string password, CancellationToken cancellation)
    {
        var (now, rules, isUnlocked) = (Timestamp.From(time.GetUtcNow()), host.Value.SignIn, false);
        // An attempt counts even if the client disconnects.
        var user = await store.UpdateUserAsync(
            name, user => (isUnlocked = user.IsUnlockedAt(now)) ? user.WithAttempt(now, rules) : user,
            CancellationToken.None);
        var result = await VerifyAsync(user?.PasswordHash ?? DummyHash.Value, password, cancellation);
        if (user?.PasswordHash is null || !isUnlocked || result == PasswordVerificationResult.Failed)
        {
            if (isUnlocked && user?.LockedUntil > now) await AuditAsync(name, "sign-in locked", now);
            return null;
        }

        var rehashed = result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : user.PasswordHash;
        // Succeeds only if the password has not changed since it was verified.
        user = await store.UpdateUserAsync(
            name,
            known => known.PasswordHash == user.PasswordHash ? known.WithSuccess(now) with { PasswordHash = rehashed } : known, cancellation);
        if (user?.PasswordHash != rehashed) return null;
        await AuditAsync(name, "sign-in", now);
        return user;
    }

    private static async Task<PasswordVerificationResult> VerifyAsync(
        string hash, string password, CancellationToken cancellation)
    {
        if (password.Length > MaxLength) return PasswordVerificationResult.Failed;
        await Concurrency.WaitAsync(cancellation);
        try
        {
            return Hasher.VerifyHashedPassword(null!, hash, password);
        }
        finally
        {
            Concurrency.Release();
        }
    }

    private async ValueTask AuditAsync(string name, string action, Timestamp now) =>
        await audit.AddAuditEntryAsync(new AuditEntry { At = now, By = name, Action = action }, CancellationToken.None);
}
