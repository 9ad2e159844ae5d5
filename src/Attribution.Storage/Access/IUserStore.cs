using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>Users, their sessions, and the keys that protect them: few, read as a whole and rarely written.</summary>
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

    /// <summary>Adds a session, and removes sessions that have ended.</summary>
    /// <param name="session">The session.</param>
    /// <param name="createdAfter">Sessions created at this time or earlier are removed.</param>
    /// <param name="cancellation">Cancels the write.</param>
    ValueTask AddSessionAsync(UserSessionDocument session, Timestamp createdAfter, CancellationToken cancellation);

    /// <summary>Returns a session; null if there is none with this id.</summary>
    ValueTask<UserSessionDocument?> FindSessionAsync(string id, CancellationToken cancellation);

    /// <summary>Removes a session; does nothing if there is none with this id.</summary>
    ValueTask RemoveSessionAsync(string id, CancellationToken cancellation);

    /// <summary>Removes all sessions of a user.</summary>
    ValueTask RemoveSessionsAsync(string user, CancellationToken cancellation);

    /// <summary>
    /// Returns the keys that encrypt and sign cookies and forms, as written by the framework, by name. Anyone who can
    /// read them can sign in as any user.
    /// </summary>
    ValueTask<IReadOnlyList<string>> ListSessionKeysAsync(CancellationToken cancellation);

    /// <summary>Stores a session key. An existing key with this name stays as it is.</summary>
    ValueTask AddSessionKeyAsync(string name, string key, CancellationToken cancellation);
}
