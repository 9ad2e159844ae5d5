using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>
/// Webhook secrets: few, read as a whole and rarely written. They are stored in clear text, because signatures are
/// computed with them.
/// </summary>
public interface IWebhookSecretStore
{
    /// <summary>Returns every secret ever added, including revoked ones, by id.</summary>
    ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation);

    /// <summary>Adds a secret.</summary>
    /// <exception cref="ArgumentException">A secret with this id exists.</exception>
    ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation);

    /// <summary>
    /// Revokes a secret and deletes its text. A secret that is already revoked keeps its time of revocation.
    /// </summary>
    /// <returns>True if a secret with this id exists.</returns>
    ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation);

    /// <summary>Records when secrets were last used. Ignores unknown ids, and times before the recorded one.</summary>
    ValueTask RecordWebhookSecretUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation);

    /// <summary>
    /// Returns, by id, the hours (whole hours since 1970) in which each secret was used, in ascending order: those that
    /// <see cref="RecordWebhookSecretUseAsync"/> recorded in the four weeks before its last use.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyList<long>>> ReadWebhookSecretHoursAsync(CancellationToken cancellation);
}
