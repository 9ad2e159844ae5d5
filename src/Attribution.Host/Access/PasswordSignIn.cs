using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>Sign-in with name and password, checked against the store. Thread-safe.</summary>
internal sealed class PasswordSignIn(
    IUserStore store, IAuditStore audit, PasswordCheckQueue queue, IOptions<AttributionHostOptions> host, TimeProvider time)
{
    /// <summary>Minimum and maximum length of a password in characters, both inclusive.</summary>
    public const int MinLength = 12, MaxLength = 256;

    private static readonly PasswordHasher<UserDocument> Hasher = new();

    // Verified for unknown names, so that they take as long as known ones.
    private static readonly Lazy<string> DummyHash = new(() => Hash(Guid.Empty.ToString()));

    /// <summary>Hashes a password for storage with the framework's hasher.</summary>
    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Returns the reason why a password is not allowed; null if it is allowed.</summary>
    public static string? FindFault(string password) =>
        password.Length is < MinLength or > MaxLength
            ? $"A password must have {MinLength} to {MaxLength} characters; this one has {password.Length}."
            : null;

    /// <summary>Signs in the user with this name and password.</summary>
    /// <param name="name">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="address">Prefix of the client's address (<see cref="ClientAddress"/>).</param>
    /// <param name="cancellation">Cancels the check; a started attempt counts.</param>
    public async Task<SignInResult> SignInAsync(
        string name, string password, string address, CancellationToken cancellation)
    {
        using var place = queue.TryEnter(address);
        if (place is null) return new(null, IsBusy: true);
        var (now, rules, isUnlocked) = (Timestamp.From(time.GetUtcNow()), host.Value.SignIn, false);
        // An attempt counts even if the client disconnects.
        var user = await store.UpdateUserAsync(
            name,
            user => (isUnlocked = user.IsUnlockedAt(address, now, rules)) ? user.WithAttempt(address, now, rules) : user,
            CancellationToken.None);
        var hash = user?.PasswordHash ?? DummyHash.Value;
        var result = password.Length > MaxLength
            ? PasswordVerificationResult.Failed
            : await place.RunAsync(() => Hasher.VerifyHashedPassword(null!, hash, password), cancellation);
        if (user is not { PasswordHash: not null, DisabledAt: null } || !isUnlocked || result == PasswordVerificationResult.Failed)
        {
            if (isUnlocked && user?.IsUnlockedAt(address, now, rules) == false) await AuditAsync(name, "sign-in locked", now);
            return default;
        }

        var rehashed = result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : user.PasswordHash;
        // Succeeds only if the password has not changed since it was verified.
        user = await store.UpdateUserAsync(
            name,
            known => known.PasswordHash == user.PasswordHash
                ? known.WithSuccess(address, now) with { PasswordHash = rehashed } : known,
            cancellation);
        if (user?.PasswordHash != rehashed) return default;
        await AuditAsync(name, "sign-in", now);
        return new(user, IsBusy: false);
    }

    private async ValueTask AuditAsync(string name, string action, Timestamp now) =>
        await audit.AddAuditEntryAsync(new AuditEntry { At = now, By = name, Action = action }, CancellationToken.None);
}

/// <summary>Result of a sign-in.</summary>
/// <param name="User">The user; null if name and password do not match, the user is disabled, or the name is
/// locked for the address.</param>
/// <param name="IsBusy">True if nothing was checked because too many checks wait.</param>
internal readonly record struct SignInResult(UserDocument? User, bool IsBusy);
