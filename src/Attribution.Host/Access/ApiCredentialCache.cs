using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>The keys, the webhooks' secrets and the users as last read, and which keys and secrets were used since. Thread-safe.</summary>
internal sealed class ApiCredentialCache(ICredentialStore store, IWebhookSecretStore webhooks, IUserStore people, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Timestamp> used = new();
    private readonly ConcurrentDictionary<string, Timestamp> usedSecrets = new();
    private volatile FrozenDictionary<string, ApiKeyDocument> keys = FrozenDictionary<string, ApiKeyDocument>.Empty;
    private volatile IReadOnlyList<WebhookSecretDocument> secrets = [];
    private volatile FrozenDictionary<string, UserDocument> users = FrozenDictionary<string, UserDocument>.Empty;

    /// <summary>Whether no key was ever made and there is no user: then, and on loopback alone, callers need neither.</summary>
    public bool IsEmpty => keys.Count == 0 && users.Count == 0;

    /// <summary>Whether people can sign in.</summary>
    public bool HasUsers => users.Count > 0;

    /// <summary>The user of a name; null where there is none.</summary>
    public UserDocument? FindUser(string name) => users.GetValueOrDefault(name);

    /// <summary>Reads keys, secrets and users anew, and notes those that were used.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        var noted = used.ToArray();
        if (noted.Length > 0)
        {
            await store.RecordKeyUseAsync(noted, cancellation);
            foreach (var one in noted) used.TryRemove(one);
        }

        var notedSecrets = usedSecrets.ToArray();
        if (notedSecrets.Length > 0)
        {
            await webhooks.RecordWebhookSecretUseAsync(notedSecrets, cancellation);
            foreach (var one in notedSecrets) usedSecrets.TryRemove(one);
        }

        keys = (await store.ListKeysAsync(cancellation)).ToFrozenDictionary(key => key.Id);
        secrets = await webhooks.ListWebhookSecretsAsync(cancellation);
        users = (await people.ListUsersAsync(cancellation)).ToFrozenDictionary(user => user.Name, StringComparer.Ordinal);
    }

    /// <summary>The secrets that a shop may sign with now: none where the address is unknown, two while one replaces another.</summary>
    public IReadOnlyList<WebhookSecretDocument> GetWebhookSecrets(string vendor, string source)
    {
        var now = Timestamp.From(time.GetUtcNow());
        return [.. secrets.Where(secret => secret.Vendor == vendor && secret.Source == source && secret.IsValidAt(now))];
    }

    /// <summary>Notes that a webhook was signed with a secret.</summary>
    public void MarkSecretUsed(WebhookSecretDocument secret)
    {
        var now = Timestamp.From(time.GetUtcNow());
        if (ShouldRecordUse(secret.LastUsedAt, now)) usedSecrets[secret.Id] = now;
    }

    /// <summary>The key of a text, if it holds now; else null, whatever the reason. Takes as long for a wrong secret as for the right one.</summary>
    public ApiKeyDocument? FindKey(string text)
    {
        if (!ApiKey.TryParse(text, out var key) || !keys.TryGetValue(key.Id, out var known)) return null;
        var now = Timestamp.From(time.GetUtcNow());
        if (!CryptographicOperations.FixedTimeEquals(key.ComputeHash(), known.Hash.AsSpan()) || !known.IsValidAt(now)) return null;
        MarkKeyUsed(known, now);
        return known;
    }

    /// <summary>
    /// Whoever sent under a source and brand, with the rights that their keys have now: those of one key that holds, rather one that is bound
    /// to no brand, then one that may speak for others; of their own source and brand alone where none does.
    /// </summary>
    public Caller GetCaller(string source, string brand)
    {
        if (keys.Count == 0) return Caller.Local with { Source = source, Brand = brand };
        var now = Timestamp.From(time.GetUtcNow());
        var key = keys.Values.Where(key => key.Source == source && (key.Brand ?? Caller.Local.Brand) == brand && key.Scopes.HasFlag(KeyScopes.Ingest) && key.IsValidAt(now))
            .OrderByDescending(key => key.Brand is null).ThenByDescending(key => key.MayNameOtherSources).FirstOrDefault();
        return key is null ? new(source, brand, MaySpeakForOthers: false) { OnlyBrand = brand } : Caller.Of(key);
    }

    /// <summary>To the minute: a busy key is not worth a write a second.</summary>
    private void MarkKeyUsed(ApiKeyDocument key, Timestamp now)
    {
        if (ShouldRecordUse(key.LastUsedAt, now)) used[key.Id] = now;
    }

    private static bool ShouldRecordUse(Timestamp? last, Timestamp now) => last is not { } known || now - known >= TimeSpan.FromMinutes(1);
}
