namespace Attribution.Storage.WebhookSubscriptions;

/// <summary>
/// Webhook subscriptions and the log of their deliveries: few, read often and changed by comparing the revision.
/// </summary>
public interface IWebhookSubscriptionStore
{
    /// <summary>
    /// The number of delivered messages that the log of a subscription keeps; older ones are deleted. Parked messages are
    /// kept until they are replayed or the subscription is deleted.
    /// </summary>
    const int KeptDeliveries = 200;

    /// <summary>Returns all subscriptions, by id.</summary>
    ValueTask<IReadOnlyList<WebhookSubscriptionDocument>> ListSubscriptionsAsync(CancellationToken cancellation);

    /// <summary>Returns a subscription; null if none has the id.</summary>
    ValueTask<WebhookSubscriptionDocument?> FindSubscriptionAsync(string id, CancellationToken cancellation);

    /// <summary>Adds a subscription.</summary>
    /// <exception cref="ArgumentException">A subscription with this id exists.</exception>
    ValueTask AddSubscriptionAsync(WebhookSubscriptionDocument subscription, CancellationToken cancellation);

    /// <summary>
    /// Replaces a subscription and writes outcomes of its messages, in one transaction. A later outcome of a message
    /// replaces an earlier one.
    /// </summary>
    /// <param name="subscription">The subscription, with the revision on which the change is based.</param>
    /// <param name="deliveries">The outcomes.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>False, and nothing is written, if the subscription was changed since or no longer exists.</returns>
    ValueTask<bool> TryReplaceSubscriptionAsync(
        WebhookSubscriptionDocument subscription, IReadOnlyList<WebhookDeliveryDocument> deliveries, CancellationToken cancellation);

    /// <summary>Deletes a subscription and its deliveries.</summary>
    /// <returns>True if it existed.</returns>
    ValueTask<bool> DeleteSubscriptionAsync(string id, CancellationToken cancellation);

    /// <summary>Returns deliveries of a subscription, latest first, then by message.</summary>
    /// <param name="id">The id of the subscription.</param>
    /// <param name="status">Restricts the deliveries to one status; null returns all.</param>
    /// <param name="limit">The maximum number of deliveries; at least 1.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<IReadOnlyList<WebhookDeliveryDocument>> ListDeliveriesAsync(
        string id, WebhookDeliveryStatus? status, int limit, CancellationToken cancellation);

    /// <summary>Marks parked deliveries of a subscription for another attempt.</summary>
    /// <param name="id">The id of the subscription.</param>
    /// <param name="message">The message; null marks all.</param>
    /// <param name="cancellation">Cancels the write.</param>
    /// <returns>The number of deliveries that were marked.</returns>
    ValueTask<long> ReplayDeliveriesAsync(string id, string? message, CancellationToken cancellation);

    /// <summary>Counts the parked deliveries of all subscriptions.</summary>
    ValueTask<long> CountParkedDeliveriesAsync(CancellationToken cancellation);
}
