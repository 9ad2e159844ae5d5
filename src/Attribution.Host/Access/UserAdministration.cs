using Attribution.Host.Configuration;
using Attribution.Storage.Access;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Access;

/// <summary>
/// Changes of users on the page. Callers of one brand find the users of that brand only. The last administrator of all
/// brands cannot be lost, so that no one is locked out. Thread-safe.
/// </summary>
internal sealed class UserAdministration(
    IUserStore store, ApiCredentialCache credentials, IOptions<AttributionHostOptions> host) : IDisposable
{
    // One change at a time, so that two administrators cannot remove each other.
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Returns the users that a caller may see.</summary>
    public async ValueTask<IReadOnlyList<UserDocument>> ListAsync(Caller caller, CancellationToken cancellation) =>
        [.. (await store.ListUsersAsync(cancellation)).Where(user => IsVisible(user, caller))];

    /// <summary>Returns a user that a caller may see; null if there is none with this name.</summary>
    public async ValueTask<UserDocument?> FindAsync(string name, Caller caller, CancellationToken cancellation) =>
        (await ListAsync(caller, cancellation)).FirstOrDefault(user => user.Name == name);

    /// <summary>Indicates whether a user of any brand can sign in as an administrator.</summary>
    public async ValueTask<bool> HasAdministratorAsync(CancellationToken cancellation) =>
        (await store.ListUsersAsync(cancellation)).Any(user => user.Scopes == KeyScopes.Admin && CanSignIn(user));

    /// <summary>Adds a user.</summary>
    /// <returns>False if a user with this name exists, possibly one that the caller may not see.</returns>
    public async ValueTask<bool> TryAddAsync(UserDocument user, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if ((await store.ListUsersAsync(cancellation)).Any(known => known.Name == user.Name)) return false;
            await store.AddUserAsync(user, cancellation);
        }
        finally
        {
            turn.Release();
        }

        await credentials.RefreshAsync(cancellation);
        return true;
    }

    /// <summary>Changes a user, or removes one if the result of <paramref name="change"/> is null.</summary>
    /// <param name="user">The user, as the caller found it.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="change">Returns the changed user. It must be pure.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>The reason why the change is refused; null if it was made.</returns>
    public async ValueTask<string?> ChangeAsync(
        UserDocument user, Caller caller, Func<UserDocument, UserDocument?> change, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var users = await store.ListUsersAsync(cancellation);
            var before = users.FirstOrDefault(known => known.Name == user.Name);
            if (before is null || !IsVisible(before, caller)) return $"The user '{user.Name}' does not exist any more.";
            var after = change(before);
            if (FindFault(users, before, after, caller) is { } fault) return fault;
            if (after is null) await store.RemoveUserAsync(user.Name, cancellation);
            else await store.UpdateUserAsync(user.Name, known => change(known)!, cancellation);
            if (after?.DisabledAt is not null) await store.RemoveSessionsAsync(user.Name, cancellation);
        }
        finally
        {
            turn.Release();
        }

        await credentials.RefreshAsync(cancellation);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private string? FindFault(IReadOnlyList<UserDocument> users, UserDocument before, UserDocument? after, Caller caller)
    {
        var losesRights = after is null || after.DisabledAt is not null || after.Scopes != before.Scopes || after.Brand != before.Brand;
        if (!losesRights) return null;
        if (caller.IsUser && caller.Name == before.Name)
            return "You cannot change your own role or brand, or disable or remove yourself. Ask another administrator.";
        return IsLastingAdministrator(before) && !(after is not null && IsLastingAdministrator(after))
            && !users.Any(other => other.Name != before.Name && IsLastingAdministrator(other))
            ? $"'{before.Name}' is the only administrator of all brands. Create another one first, so that no one is locked out."
            : null;
    }

    private bool IsLastingAdministrator(UserDocument user) => user is { Scopes: KeyScopes.Admin, Brand: null } && CanSignIn(user);

    private bool CanSignIn(UserDocument user) =>
        user.DisabledAt is null && (user.PasswordHash is not null || host.Value.SignIn.UserHeader.Length > 0);

    private static bool IsVisible(UserDocument user, Caller caller) => caller.OnlyBrand is not { } brand || user.Brand == brand;
}
