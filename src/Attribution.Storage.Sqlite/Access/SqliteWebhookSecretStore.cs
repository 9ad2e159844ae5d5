using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Access;

namespace Attribution.Storage.Sqlite.Access;

/// <summary>Webhook secrets in SQLite.</summary>
internal sealed class SqliteWebhookSecretStore(SqliteStoreContext context) : IWebhookSecretStore
{
    private const string Columns = "id, vendor, source, brand, secret, created_at, revoked_at, used_at, minor_units";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WebhookSecretDocument>> ListWebhookSecretsAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<WebhookSecretDocument>>(
            session =>
            {
                var secrets = new List<WebhookSecretDocument>();
                var select = session[$"SELECT {Columns} FROM webhook_secrets ORDER BY id"];
                while (select.Step())
                    secrets.Add(new WebhookSecretDocument
                    {
                        Id = select.Text(0),
                        Vendor = select.Text(1),
                        Source = select.Text(2),
                        Brand = select.Text(3),
                        Secret = select.Text(4),
                        CreatedAt = select.Timestamp(5),
                        RevokedAt = select.TimestampOrNull(6),
                        LastUsedAt = select.TimestampOrNull(7),
                        SendsMinorUnits = select.Int64(8) != 0,
                    });
                return secrets;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddWebhookSecretAsync(WebhookSecretDocument secret, CancellationToken cancellation)
    {
        var added = await context.Database.WriteAsync(
            session =>
            {
                var insert = session[
                    $"INSERT OR IGNORE INTO webhook_secrets ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"];
                insert.Bind(1, secret.Id).Bind(2, secret.Vendor).Bind(3, secret.Source).Bind(4, secret.Brand).Bind(5, secret.Secret)
                    .Bind(6, secret.CreatedAt.UnixMilliseconds);
                insert.Bind(7, secret.RevokedAt);
                insert.Bind(8, secret.LastUsedAt);
                insert.Bind(9, secret.SendsMinorUnits ? 1 : 0);
                return insert.Run();
            },
            cancellation);
        if (added == 0) throw new ArgumentException($"A webhook secret '{secret.Id}' already exists.", nameof(secret));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RevokeWebhookSecretAsync(string id, Timestamp at, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => session["UPDATE webhook_secrets SET revoked_at = COALESCE(revoked_at, ?), secret = '' WHERE id = ?"]
                .Bind(1, at.UnixMilliseconds).Bind(2, id).Run() > 0,
            cancellation);

    /// <inheritdoc/>
    public ValueTask RecordWebhookSecretUseAsync(
        IReadOnlyCollection<KeyValuePair<string, Timestamp>> used, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var update = session["UPDATE webhook_secrets SET used_at = MAX(COALESCE(used_at, ?1), ?1) WHERE id = ?2"];
                var insert = session["INSERT OR IGNORE INTO webhook_hours SELECT id, ? FROM webhook_secrets WHERE id = ?"];
                var delete = session["DELETE FROM webhook_hours WHERE secret = ?2 AND hour <= ?1"];
                foreach (var (id, at) in used)
                {
                    update.Bind(1, at.UnixMilliseconds).Bind(2, id).Run();
                    insert.Bind(1, DeliveryPace.HourOf(at)).Bind(2, id).Run();
                    delete.Bind(1, DeliveryPace.HourOf(at) - DeliveryPace.KeptHours).Bind(2, id).Run();
                }
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<long>>> ReadWebhookSecretHoursAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyDictionary<string, IReadOnlyList<long>>>(
            session =>
            {
                var hours = new Dictionary<string, List<long>>(StringComparer.Ordinal);
                var select = session["SELECT secret, hour FROM webhook_hours ORDER BY secret, hour"];
                while (select.Step())
                {
                    if (!hours.TryGetValue(select.Text(0), out var known)) hours.Add(select.Text(0), known = []);
                    known.Add(select.Int64(1));
                }

                return hours.ToDictionary(item => item.Key, IReadOnlyList<long> (item) => item.Value, StringComparer.Ordinal);
            },
            cancellation);
}
