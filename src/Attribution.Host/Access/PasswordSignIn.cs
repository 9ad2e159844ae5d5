using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>Names and passwords, checked against the store. Thread-safe.</summary>
internal sealed class PasswordSignIn(IUserStore store, IAuditStore audit, IOptions<AttributionHostOptions> host, TimeProvider time)
{
    /// <summary>Fewest and most characters of a password.</summary>
    public const int MinLength = 12, MaxLength = 256;

    private static readonly PasswordHasher<UserDocument> Hasher = new();

    // Hashing is work on purpose; strangers who try names must not take the machine from the rest.
    private static readonly SemaphoreSlim Concurrency = new(Math.Max(1, Environment.ProcessorCount / 2));

    // Hashed once, so that an unknown name takes as long as a known one.
    private static readonly Lazy<string> DummyHash = new(() => Hash(Guid.Empty.ToString()));

    /// <summary>A password as it is stored, by the framework's hasher.</summary>
    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Why a password cannot be one; null where it can.</summary>
    public static string? FindFault(string password) =>
        password.Length is < MinLength or > MaxLength ? $"A password has {MinLength} to {MaxLength} characters; this one has {password.Length}." : null;

    /// <summary>The user whose name and password these are; null where they are not, or are not looked at since the name is locked.</summary>
    public async Task<UserDocument?> SignInAsync(string name, string password, CancellationToken cancellation)
    {
        var (now, rules, mayTry) = (Timestamp.From(time.GetUtcNow()), host.Value.SignIn, false);
        // A try that has begun is counted, though its sender goes away.
        var user = await store.UpdateUserAsync(name, user => (mayTry = user.IsUnlockedAt(now)) ? user.WithAttempt(now, rules) : user, CancellationToken.None);
        var verdict = await VerifyAsync(user?.PasswordHash ?? DummyHash.Value, password, cancellation);
        if (user?.PasswordHash is null || !mayTry || verdict == PasswordVerificationResult.Failed)
        {
            if (mayTry && user?.LockedUntil > now) await AuditAsync(name, "sign-in locked", now);
            return null;
        }

        var rehashed = verdict == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : user.PasswordHash;
        // Only where the password is still the one that was looked at.
        user = await store.UpdateUserAsync(
            name, known => known.PasswordHash == user.PasswordHash ? known.WithSuccess(now) with { PasswordHash = rehashed } : known, cancellation);
        if (user?.PasswordHash != rehashed) return null;
        await AuditAsync(name, "sign-in", now);
        return user;
    }

    private static async Task<PasswordVerificationResult> VerifyAsync(string hash, string password, CancellationToken cancellation)
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

    private async ValueTask AuditAsync(string name, string action, Timestamp now) => await audit.AddAuditEntryAsync(new AuditEntry { At = now, By = name, Action = action }, CancellationToken.None);
}
