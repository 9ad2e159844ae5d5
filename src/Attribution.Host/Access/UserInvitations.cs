using System.Security.Cryptography;
using System.Text;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Invitations of users: links that set a password once. The store has the hash of a link's secret only. Thread-safe.
/// </summary>
internal sealed class UserInvitations(IUserStore store, IAuditStore audit, TimeProvider time)
{
    /// <summary>Time after which an invitation expires.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Returns the user with an open invitation in place of an earlier one.</summary>
    public static UserDocument Invite(UserDocument user, string secret, Timestamp now) =>
        user with { InvitationHash = Hash(secret), InvitedUntil = now + Lifetime };

    /// <summary>Returns the user without an invitation.</summary>
    public static UserDocument Revoke(UserDocument user) => user with { InvitationHash = null, InvitedUntil = null };

    /// <summary>
    /// Indicates whether a user has an invitation that can be used. One that ends later than its lifetime was made by a clock
    /// that was wrong, and cannot.
    /// </summary>
    public static bool IsOpen(UserDocument user, Timestamp now) =>
        user is { InvitationHash: not null, InvitedUntil: { } until, DisabledAt: null } && until > now && until <= now + Lifetime;

    /// <summary>Returns the user whose open invitation has this secret; null if there is none.</summary>
    public async ValueTask<UserDocument?> FindAsync(string secret, CancellationToken cancellation)
    {
        var (hash, now) = (Hash(secret), Timestamp.From(time.GetUtcNow()));
        return (await store.ListUsersAsync(cancellation)).FirstOrDefault(user => Matches(user, hash, now));
    }

    /// <summary>
    /// Sets the password of an invited user and ends the invitation. The name is unlocked, and sessions with an earlier password end.
    /// </summary>
    /// <returns>The user; null if the invitation is not open, or another request used it first.</returns>
    public async ValueTask<UserDocument?> AcceptAsync(string secret, string password, CancellationToken cancellation)
    {
        if (await FindAsync(secret, cancellation) is not { } invited) return null;
        var (hash, now) = (Hash(secret), Timestamp.From(time.GetUtcNow()));
        var passwordHash = PasswordSignIn.Hash(password);
        var changed = await store.UpdateUserAsync(
            invited.Name,
            user => Matches(user, hash, now) ? Revoke(user.Unlock()) with { PasswordHash = passwordHash } : user,
            cancellation);
        // The hash is salted: only the request that set it finds it.
        if (changed?.PasswordHash != passwordHash) return null;
        await audit.AddAuditEntryAsync(
            new AuditEntry { At = now, By = changed.Name, Action = "invitation accepted" }, CancellationToken.None);
        return changed;
    }

    private static bool Matches(UserDocument user, string hash, Timestamp now) =>
        IsOpen(user, now)
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(user.InvitationHash!), Encoding.ASCII.GetBytes(hash));

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
