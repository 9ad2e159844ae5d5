using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>
/// The API keys and the webhooks' secrets: few, read whole, written rarely. What is stored of a key opens nothing; a secret is stored as it is,
/// since signatures are reckoned with it.
/// </summary>
public interface ICredentialStore
{
    /// <summary>Every key that was ever made, by id; revoked and expired ones too.</summary>
    ValueTask<IReadOnlyList<ApiKeyDocument>> ListKeysAsync(CancellationToken cancellation);

    /// <summary>Adds a key.</summary>
    /// <exception cref="ArgumentException">There is one of that id.</exception>
    ValueTask AddKeyAsync(ApiKeyDocument key, CancellationToken cancellation);

    /// <summary>Revokes a key; one that is revoked already stays revoked since then.</summary>
    /// <returns>Whether there is one of that id.</returns>
    ValueTask<bool> RevokeKeyAsync(string id, Timestamp at, CancellationToken cancellation);

    /// <summary>Notes when keys were last used; an earlier instant than the one known, and an unknown id, are let be.</summary>
    ValueTask RecordKeyUseAsync(IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation);

    /// <summary>The fingerprint of the secret that stored customer keys were hashed with; null before there is one.</summary>
    ValueTask<string?> ReadCustomerKeyFingerprintAsync(CancellationToken cancellation);

    /// <summary>Keeps the fingerprint of the secret that customer keys are hashed with, for good: where one is kept already it stays.</summary>
    /// <returns>The one that is kept.</returns>
    ValueTask<string> GetOrAddCustomerKeyFingerprintAsync(string fingerprint, CancellationToken cancellation);

    /// <summary>Every webhook secret that was ever added, by id; revoked and expired ones too.</summary>
    ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation);

    /// <summary>Adds a webhook's secret.</summary>
    /// <exception cref="ArgumentException">There is one of that id.</exception>
    ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation);

    /// <summary>Revokes a secret and forgets its text; one that is revoked already stays revoked since then.</summary>
    /// <returns>Whether there is one of that id.</returns>
    ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation);

    /// <summary>Notes when secrets were last used; an earlier instant than the one known, and an unknown id, are let be.</summary>
    ValueTask RecordWebhookSecretUseAsync(IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation);
}

/// <summary>An API key as stored.</summary>
public sealed record ApiKeyDocument
{
    /// <summary>The part of the key that names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for, in its maker's words.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key, 32 bytes. The key has 160 random bits, so there is nothing to guess and no salt to need.</summary>
    public required ImmutableArray<byte> Hash { get; init; }

    /// <summary>What it may do.</summary>
    public required KeyScopes Scopes { get; init; }

    /// <summary>The only brand it may speak of; null: every brand.</summary>
    public string? Brand { get; init; }

    /// <summary>The source of its events. A key that replaces another takes over its source, and events stay recognisable.</summary>
    public required string Source { get; init; }

    /// <summary>Whether its events may name another source.</summary>
    public bool MayNameOtherSources { get; init; }

    /// <summary>When it was made.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>From when on, inside, it opens nothing more; null: never.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>Since when, inside, it is revoked; null: it is not.</summary>
    public Timestamp? RevokedAt { get; init; }

    /// <summary>When it was last used, to the minute or so; null: never.</summary>
    public Timestamp? LastUsedAt { get; init; }

    /// <summary>Whether it opens anything at an instant.</summary>
    public bool IsValidAt(Timestamp now) => !(ExpiresAt <= now) && !(RevokedAt <= now);
}

/// <summary>What a key or a user may do. Stored: never renumber.</summary>
[Flags]
public enum KeyScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Post events.</summary>
    Ingest = 1,

    /// <summary>Read reports and the catalog.</summary>
    Read = 2,

    /// <summary>Everything that is read or written: brands, keys, erasure and runs over all of history too.</summary>
    Admin = 4,

    /// <summary>Report visits, and nothing else: a key with it stands in web pages for all to read.</summary>
    Visit = 8,

    /// <summary>Read, write the catalog but for its brands, replay what was refused.</summary>
    Edit = 16,
}
