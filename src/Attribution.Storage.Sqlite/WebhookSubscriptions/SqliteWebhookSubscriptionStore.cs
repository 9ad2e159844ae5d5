using Attribution.Storage.Codecs;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Storage.Sqlite.WebhookSubscriptions;

/// <summary>Webhook subscriptions and their deliveries in SQLite.</summary>
internal sealed class SqliteWebhookSubscriptionStore(SqliteStoreContext context) : IWebhookSubscriptionStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WebhookSubscriptionDocument>> ListSubscriptionsAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<WebhookSubscriptionDocument>>(
            session =>
            {
                var subscriptions = new List<WebhookSubscriptionDocument>();
                var select = session["SELECT doc, revision FROM webhook_subscriptions ORDER BY id"];
                while (select.Step())
                    subscriptions.Add(WebhookCodec.Decode<WebhookSubscriptionDocument>(select.Text(0)) with { Revision = select.Int64(1) });
                return subscriptions;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<WebhookSubscriptionDocument?> FindSubscriptionAsync(string id, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT doc, revision FROM webhook_subscriptions WHERE id = ?"].Bind(1, id);
                return select.Step()
                    ? WebhookCodec.Decode<WebhookSubscriptionDocument>(select.Text(0)) with { Revision = select.Int64(1) }
                    : null;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask AddSubscriptionAsync(WebhookSubscriptionDocument subscription, CancellationToken cancellation)
    {
        var added = await context.Database.WriteAsync(
            session => session["INSERT OR IGNORE INTO webhook_subscriptions (id, revision, doc) VALUES (?, 0, ?)"]
                .Bind(1, subscription.Id).Bind(2, WebhookCodec.Encode(subscription)).Run(),
            cancellation);
        if (added == 0) throw new ArgumentException($"A webhook subscription '{subscription.Id}' already exists.", nameof(subscription));
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceSubscriptionAsync(
        WebhookSubscriptionDocument subscription, IReadOnlyList<WebhookDeliveryDocument> deliveries, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var replaced = session["UPDATE webhook_subscriptions SET doc = ?, revision = revision + 1 WHERE id = ? AND revision = ?"]
                    .Bind(1, WebhookCodec.Encode(subscription)).Bind(2, subscription.Id).Bind(3, subscription.Revision).Run();
                if (replaced == 0) return false;
                var upsert = session[
                    "INSERT OR REPLACE INTO webhook_deliveries (subscription, message, status, at, doc) VALUES (?, ?, ?, ?, ?)"];
                foreach (var delivery in deliveries)
                    upsert.Bind(1, subscription.Id).Bind(2, delivery.Message).Bind(3, (int)delivery.Status)
                        .Bind(4, delivery.At.UnixMilliseconds).Bind(5, WebhookCodec.Encode(delivery)).Run();
                if (deliveries.Count > 0)
                    session[
                        "DELETE FROM webhook_deliveries WHERE subscription = ?1 AND status = 0 AND at < (SELECT at FROM webhook_deliveries "
                        + "WHERE subscription = ?1 AND status = 0 ORDER BY at DESC LIMIT 1 OFFSET ?2)"]
                        .Bind(1, subscription.Id).Bind(2, IWebhookSubscriptionStore.KeptDeliveries - 1).Run();
                return true;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteSubscriptionAsync(string id, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session["DELETE FROM webhook_deliveries WHERE subscription = ?"].Bind(1, id).Run();
                return session["DELETE FROM webhook_subscriptions WHERE id = ?"].Bind(1, id).Run() > 0;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WebhookDeliveryDocument>> ListDeliveriesAsync(
        string id, WebhookDeliveryStatus? status, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<WebhookDeliveryDocument>>(
            session =>
            {
                var deliveries = new List<WebhookDeliveryDocument>();
                var select = session[
                    "SELECT doc, status FROM webhook_deliveries WHERE subscription = ?1 AND (?2 < 0 OR status = ?2) "
                    + "ORDER BY at DESC, message LIMIT ?3"]
                    .Bind(1, id).Bind(2, status is { } only ? (int)only : -1).Bind(3, limit);
                while (select.Step())
                    deliveries.Add(WebhookCodec.Decode<WebhookDeliveryDocument>(select.Text(0)) with
                    {
                        Status = (WebhookDeliveryStatus)select.Int64(1),
                    });
                return deliveries;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> ReplayDeliveriesAsync(string id, string? message, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session => (long)session[
                "UPDATE webhook_deliveries SET status = 2 WHERE subscription = ?1 AND status = 1 AND (?2 IS NULL OR message = ?2)"]
                .Bind(1, id).Bind(2, message).Run(),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountParkedDeliveriesAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => session["SELECT COUNT(*) FROM webhook_deliveries WHERE status = 1"].ReadSingleInt64(), cancellation);
}
