using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>API keys: few, read as a whole and rarely written. The stored form of a key grants no access.</summary>
public interface ICredentialStore
{
    /// <summary>Returns every key ever created, including revoked and expired ones, by id.</summary>
    ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation);

    /// <summary>Adds a key.</summary>
    /// <exception cref="ArgumentException">A key with this id exists.</exception>
    ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation);

    /// <summary>Revokes a key. A key that is already revoked keeps its time of revocation.</summary>
    /// <returns>True if a key with this id exists.</returns>
    ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation);

    /// <summary>Records when keys were last used. Ignores unknown ids, and times before the recorded one.</summary>
    ValueTask RecordKeyUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation);

    /// <summary>
    /// Returns the fingerprint of the secret that stored customer keys were hashed with; null if none is stored yet.
    /// </summary>
    ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation);

    /// <summary>
    /// Stores the fingerprint of the secret that customer keys are hashed with, unless one is stored already.
    /// </summary>
    /// <returns>The stored fingerprint.</returns>
    ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(string fingerprint, CancellationToken cancellation);
}
