using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Keys, webhook secrets and users as last read, and the keys and secrets used since then. Thread-safe.
/// </summary>
internal sealed class ApiCredentialCache(
    ICredentialStore store, IWebhookSecretStore webhooks, IUserStore people, TimeProvider time)
{
    /// <summary>Interval at which the hours of deliveries are read.</summary>
    private static readonly TimeSpan HoursInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Timestamp> used = new();
    private readonly ConcurrentDictionary<string, Timestamp> usedSecrets = new();
    private volatile FrozenDictionary<string, ApiKeyDocument> keys = FrozenDictionary<string, ApiKeyDocument>.Empty;
    private volatile IReadOnlyList<WebhookSecretDocument> secrets = [];
    private volatile IReadOnlyDictionary<string, IReadOnlyList<long>> hours = FrozenDictionary<string, IReadOnlyList<long>>.Empty;
    private long? hoursReadAt;
    private volatile FrozenDictionary<string, UserDocument> users = FrozenDictionary<string, UserDocument>.Empty;

    /// <summary>
    /// Gets a value indicating whether neither keys (not even revoked ones) nor users exist. Loopback callers then need
    /// no credentials.
    /// </summary>
    public bool IsEmpty => keys.Count == 0 && users.Count == 0;

    /// <summary>Gets a value indicating whether at least one user exists.</summary>
    public bool HasUsers => users.Count > 0;

    /// <summary>Returns the user with the given name; null if there is none.</summary>
    public UserDocument? FindUser(string name) => users.GetValueOrDefault(name);

    /// <summary>
    /// Records the latest uses of keys and secrets, then reads keys, secrets and users from the store.
    /// </summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        var usedKeys = used.ToArray();
        if (usedKeys.Length > 0)
        {
            await store.RecordKeyUseAsync(usedKeys, cancellation);
            foreach (var use in usedKeys) used.TryRemove(use);
        }

        var secretUses = usedSecrets.ToArray();
        if (secretUses.Length > 0)
        {
            await webhooks.RecordWebhookSecretUseAsync(secretUses, cancellation);
            foreach (var use in secretUses) usedSecrets.TryRemove(use);
        }

        keys = (await store.ListKeysAsync(cancellation)).ToFrozenDictionary(key => key.Id);
        secrets = await webhooks.ListWebhookSecretsAsync(cancellation);
        if (secrets.Count > 0 && (hoursReadAt is not { } read || time.GetElapsedTime(read) >= HoursInterval))
        {
            hours = await webhooks.ReadWebhookSecretHoursAsync(cancellation);
            hoursReadAt = time.GetTimestamp();
        }

        users = (await people.ListUsersAsync(cancellation)).ToFrozenDictionary(
            user => user.Name, StringComparer.Ordinal);
    }

    /// <summary>Returns when each shop delivered, and whether it is silent.</summary>
    public IReadOnlyList<ShopStatus> GetShops() => ShopStatus.FromSecrets(secrets, hours, Timestamp.From(time.GetUtcNow()));

    /// <summary>
    /// Returns the secrets that a shop may sign with: none if the address is unknown, two or more during a
    /// rotation. The oldest comes first: a brand that adds a secret which another brand uses takes no deliveries from it.
    /// </summary>
    public IReadOnlyList<WebhookSecretDocument> GetWebhookSecrets(string vendor, string source)
    {
        return
        [
            .. secrets.Where(secret => secret.Vendor == vendor && secret.Source == source && secret.IsValid)
                .OrderBy(secret => secret.CreatedAt).ThenBy(secret => secret.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Marks a secret as used by a webhook; the next refresh stores the time.</summary>
    public void MarkSecretUsed(WebhookSecretDocument secret)
    {
        var now = Timestamp.From(time.GetUtcNow());
        if (ShouldRecordUse(secret.LastUsedAt, now)) usedSecrets[secret.Id] = now;
    }

    /// <summary>
    /// Returns the valid key that a text denotes; otherwise null, for any reason. Compares the secret in constant time.
    /// </summary>
    public ApiKeyDocument? FindKey(string text)
    {
        if (!ApiKey.TryParse(text, out var key) || !keys.TryGetValue(key.Id, out var known)) return null;
        var now = Timestamp.From(time.GetUtcNow());
        if (!CryptographicOperations.FixedTimeEquals(key.ComputeHash(), known.Hash.AsSpan()) || !known.IsValidAt(now))
            return null;
        MarkKeyUsed(known, now);
        return known;
    }

    /// <summary>
    /// Returns the caller for events of a source and brand, with the rights of a currently valid key. Prefers a key
    /// that is bound to no brand, then one that may name other sources. Without a valid key the caller is limited to
    /// this source and brand. Its unit of amounts is that of the source, also after its keys were revoked.
    /// </summary>
    public Caller GetCaller(string source, string brand) =>
        GetSpeaker(source, brand) with { SendsMinorUnits = AmountUnits.OfSource(source, brand, keys.Values, secrets) == AmountUnits.Minor };

    private Caller GetSpeaker(string source, string brand)
    {
        if (keys.Count == 0) return Caller.Local with { Source = source, Brand = brand };
        var now = Timestamp.From(time.GetUtcNow());
        var key = keys.Values
            .Where(
                key => key.Source == source && (key.Brand ?? Caller.Local.Brand) == brand
                    && key.Scopes.HasFlag(KeyScopes.Ingest) && key.IsValidAt(now))
            .OrderByDescending(key => key.Brand is null).ThenByDescending(key => key.MayNameOtherSources).FirstOrDefault();
        return key is null ? new(source, brand, MaySpeakForOthers: false) { OnlyBrand = brand } : Caller.FromKey(key);
    }

    /// <summary>
    /// Records the use with a resolution of one minute, so that a busy key does not cause a write per second.
    /// </summary>
    private void MarkKeyUsed(ApiKeyDocument key, Timestamp now)
    {
        if (ShouldRecordUse(key.LastUsedAt, now)) used[key.Id] = now;
    }

    private static bool ShouldRecordUse(Timestamp? last, Timestamp now) =>
        last is not { } known || now - known >= TimeSpan.FromMinutes(1);
}
