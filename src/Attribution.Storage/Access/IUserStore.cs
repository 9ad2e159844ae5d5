using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>The people who may sign in, and the keys that their sessions are kept with: few, read whole, written rarely.</summary>
public interface IUserStore
{
    /// <summary>Every user, by name.</summary>
    ValueTask<IReadOnlyList<UserDocument>> ListUsersAsync(CancellationToken cancellation);

    /// <summary>Adds a user.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    ValueTask AddUserAsync(UserDocument user, CancellationToken cancellation);

    /// <summary>Puts what <paramref name="change"/> makes of a user in the user's place, with nothing of anybody else's in between.</summary>
    /// <param name="name">Whom.</param>
    /// <param name="change">Pure, leaves the name be, and may be asked more than once.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The user as changed; null where there is none of that name.</returns>
    ValueTask<UserDocument?> UpdateUserAsync(string name, Func<UserDocument, UserDocument> change, CancellationToken cancellation);

    /// <summary>Removes a user and all that was kept of them here.</summary>
    /// <returns>Whether there was one of that name.</returns>
    ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation);

    /// <summary>What cookies and forms are encrypted and signed with, as the framework writes it, by name. Whoever reads it can sign in as anybody.</summary>
    ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation);

    /// <summary>Keeps such a key; one of that name stays as it is.</summary>
    ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation);
}

/// <summary>A user as stored.</summary>
public sealed record UserDocument
{
    /// <summary>What they sign in with: 1 to 64 of <c>a-z 0-9 . _ @ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The password as the framework's hasher keeps it (salted, PBKDF2); null: no password opens, only a proxy that vouches.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>What they may do, as for keys.</summary>
    public required KeyScopes Scopes { get; init; }

    /// <summary>The only brand they may see; null: every brand.</summary>
    public string? Brand { get; init; }

    /// <summary>When they were made.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Tries since the last success or lock that were not known to be right.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Until when, outside, no password is looked at; null: it never was locked, or was opened since.</summary>
    public Timestamp? LockedUntil { get; init; }

    /// <summary>When they last signed in by password; null: never.</summary>
    public Timestamp? SignedInAt { get; init; }
}
