using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.WebhookSubscriptions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.WebhookSubscriptions;

/// <summary>Webhook subscriptions and their deliveries.</summary>
internal sealed class MongoWebhookSubscriptionStore(MongoStoreContext context) : IWebhookSubscriptionStore
{
    private const int Delivered = (int)WebhookDeliveryStatus.Delivered;
    private const int Parked = (int)WebhookDeliveryStatus.Parked;
    private const int Replaying = (int)WebhookDeliveryStatus.Replaying;

    private readonly MongoTransactions transactions = context.Transactions;
    private readonly IMongoCollection<BsonDocument> subscriptions = context.Collections.WebhookSubscriptions;
    private readonly IMongoCollection<BsonDocument> deliveries = context.Collections.WebhookDeliveries;

    public ValueTask<IReadOnlyList<WebhookSubscriptionDocument>> ListSubscriptionsAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<WebhookSubscriptionDocument>>(
            async session => (await session.FindAsync(subscriptions, [], cancellation, sort: new("_id", 1))).ConvertAll(SubscriptionFromBson),
            cancellation);

    public ValueTask<WebhookSubscriptionDocument?> FindSubscriptionAsync(string id, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(subscriptions, new("_id", id), cancellation) is { } found
                ? SubscriptionFromBson(found)
                : null,
            cancellation);

    public async ValueTask AddSubscriptionAsync(WebhookSubscriptionDocument subscription, CancellationToken cancellation)
    {
        if (!await transactions.TryInsertAsync(subscriptions, SubscriptionToBson(subscription, 0), cancellation))
            throw new ArgumentException($"A webhook subscription '{subscription.Id}' already exists.", nameof(subscription));
    }

    public ValueTask<bool> TryReplaceSubscriptionAsync(
        WebhookSubscriptionDocument subscription, IReadOnlyList<WebhookDeliveryDocument> outcomes, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                var current = new BsonDocument { { "_id", subscription.Id }, { "revision", subscription.Revision } };
                if (await session.FirstAsync(subscriptions, current, cancellation) is null)
                {
                    session.Abandon();
                    return false;
                }
                await session.UpsertAsync(subscriptions, SubscriptionToBson(subscription, subscription.Revision + 1), cancellation);
                foreach (var outcome in outcomes)
                    await session.UpsertAsync(deliveries, DeliveryToBson(subscription.Id, outcome), cancellation);
                if (outcomes.Count > 0) await TrimAsync(session, subscription.Id, cancellation);
                return true;
            },
            cancellation);

    public ValueTask<bool> DeleteSubscriptionAsync(string id, CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                await session.DeleteAsync(deliveries, new("subscription", id), cancellation);
                return await session.DeleteAsync(subscriptions, new("_id", id), cancellation) > 0;
            },
            cancellation);

    public ValueTask<IReadOnlyList<WebhookDeliveryDocument>> ListDeliveriesAsync(
        string id, WebhookDeliveryStatus? status, int limit, CancellationToken cancellation)
    {
        var filter = new BsonDocument("subscription", id);
        if (status is { } only) filter.Add("status", (int)only);
        return transactions.ReadSnapshotAsync<IReadOnlyList<WebhookDeliveryDocument>>(
            async session => (await session.FindAsync(
                deliveries, filter, cancellation, sort: new() { { "at", -1 }, { "_id", 1 } }, limit: limit)).ConvertAll(DeliveryFromBson),
            cancellation);
    }

    public ValueTask<long> ReplayDeliveriesAsync(string id, string? message, CancellationToken cancellation)
    {
        var filter = new BsonDocument { { "subscription", id }, { "status", Parked } };
        if (message is not null) filter.Add("_id", DeliveryId(id, message));
        return transactions.RunTransactionAsync(
            session => session.UpdateAsync(deliveries, filter, new("$set", new BsonDocument("status", Replaying)), cancellation),
            cancellation);
    }

    public ValueTask<long> CountParkedDeliveriesAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(session => session.CountAsync(deliveries, new("status", Parked), cancellation), cancellation);

    private async Task TrimAsync(MongoSession session, string id, CancellationToken cancellation)
    {
        var filter = new BsonDocument { { "subscription", id }, { "status", Delivered } };
        var kept = await session.FindAsync(
            deliveries, filter, cancellation, sort: new("at", -1), limit: IWebhookSubscriptionStore.KeptDeliveries, only: new("at", 1));
        if (kept.Count < IWebhookSubscriptionStore.KeptDeliveries) return;
        filter.Add("at", new BsonDocument("$lt", kept[^1].Number("at")));
        await session.DeleteAsync(deliveries, filter, cancellation);
    }

    private static string DeliveryId(string subscription, string message) => $"{subscription} {message}";

    private static BsonDocument SubscriptionToBson(WebhookSubscriptionDocument subscription, long revision) => new()
    {
        { "_id", subscription.Id }, { "revision", revision }, { "doc", WebhookCodec.Encode(subscription) },
    };

    private static WebhookSubscriptionDocument SubscriptionFromBson(BsonDocument stored) =>
        WebhookCodec.Decode<WebhookSubscriptionDocument>(stored.Text("doc")) with { Revision = stored.Number("revision") };

    private static BsonDocument DeliveryToBson(string subscription, WebhookDeliveryDocument delivery) => new()
    {
        { "_id", DeliveryId(subscription, delivery.Message) }, { "subscription", subscription }, { "status", (int)delivery.Status },
        { "at", delivery.At.UnixMilliseconds }, { "doc", WebhookCodec.Encode(delivery) },
    };

    private static WebhookDeliveryDocument DeliveryFromBson(BsonDocument stored) =>
        WebhookCodec.Decode<WebhookDeliveryDocument>(stored.Text("doc")) with { Status = (WebhookDeliveryStatus)stored.Number("status") };
}
