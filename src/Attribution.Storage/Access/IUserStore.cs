namespace Attribution.Storage.Access;

/// <summary>Users and the keys that protect their sessions: few, read as a whole and rarely written.</summary>
public interface IUserStore
{
    /// <summary>Returns every user, by name.</summary>
    ValueTask<IReadOnlyList<UserDocument>> ListUsersAsync(CancellationToken cancellation);

    /// <summary>Adds a user.</summary>
    /// <exception cref="ArgumentException">A user with this name exists.</exception>
    ValueTask AddUserAsync(UserDocument user, CancellationToken cancellation);

    /// <summary>Replaces a user with the result of <paramref name="change"/>, atomically.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="change">
    /// Returns the changed user. It must be pure and keep the name, and may be called more than once.
    /// </param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>The changed user; null if no user has this name.</returns>
    ValueTask<UserDocument?> UpdateUserAsync(
        string name, Func<UserDocument, UserDocument> change, CancellationToken cancellation);

    /// <summary>Removes a user and everything stored about them in this port.</summary>
    /// <returns>True if a user with this name existed.</returns>
    ValueTask<bool> RemoveUserAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Returns the keys that encrypt and sign cookies and forms, as written by the framework, by name. Anyone who can
    /// read them can sign in as any user.
    /// </summary>
    ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation);

    /// <summary>Stores a session key. An existing key with this name stays as it is.</summary>
    ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation);
}
