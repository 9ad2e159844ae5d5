using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>A request for a webhook subscription.</summary>
/// <param name="Url">Address of the receiver, https.</param>
/// <param name="Events">Types of messages. If omitted, all types.</param>
/// <param name="BrandId">The brand. Defaults to the brand of the key, otherwise to <c>default</c>.</param>
internal sealed record WebhookSubscriptionRequest(string Url, IReadOnlyList<string>? Events = null, string? BrandId = null);

/// <summary>A change of a webhook subscription. Omitted members stay as they are.</summary>
/// <param name="Url">Address of the receiver, https.</param>
/// <param name="Events">Types of messages.</param>
/// <param name="Status"><c>active</c> or <c>paused</c>. While paused, messages wait.</param>
/// <param name="RotateSecret">
/// True creates a new secret. For 24 hours messages are signed with both secrets.
/// </param>
internal sealed record WebhookSubscriptionChange(
    string? Url = null, IReadOnlyList<string>? Events = null, string? Status = null, bool? RotateSecret = null);

/// <summary>A webhook subscription.</summary>
internal sealed record WebhookSubscriptionAnswer
{
    public required string Id { get; init; }

    public required string BrandId { get; init; }

    public required string Url { get; init; }

    /// <summary>Types of messages that are sent.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary><c>active</c>, <c>paused</c>, or <c>gone</c> after the answer 410.</summary>
    public required string Status { get; init; }

    public required string CreatedAt { get; init; }

    /// <summary>The secret, once: when it is created or rotated. Otherwise null.</summary>
    public required string? Secret { get; init; }

    /// <summary>Time (exclusive) until which messages are also signed with the previous secret; null without one.</summary>
    public required string? PreviousSecretUntil { get; init; }

    /// <summary>The message that the receiver has not accepted yet; null if there is none.</summary>
    public required WebhookRetryAnswer? Retry { get; init; }

    /// <summary>Creates the answer.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="showsSecret">True if its secret is new.</param>
    public static WebhookSubscriptionAnswer FromDocument(WebhookSubscriptionDocument subscription, bool showsSecret = false) => new()
    {
        Id = subscription.Id, BrandId = subscription.Brand, Url = subscription.Url, Events = subscription.Events,
        Status = FormatStatus(subscription.Status), CreatedAt = subscription.CreatedAt.ToString(),
        Secret = showsSecret ? subscription.Secret : null, PreviousSecretUntil = subscription.PreviousSecretUntil?.ToString(),
        Retry = subscription.Retry is { } retry
            ? new(retry.Message, retry.Attempts, retry.LastAt.ToString(), (retry.LastAt + retry.Delay).ToString(), retry.Fault)
            : null,
    };

    /// <summary>Returns the wire name of a status.</summary>
    public static string FormatStatus(WebhookSubscriptionStatus status) => status switch
    {
        WebhookSubscriptionStatus.Active => "active",
        WebhookSubscriptionStatus.Paused => "paused",
        WebhookSubscriptionStatus.Gone => "gone",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };
}

/// <summary>A message that is tried again.</summary>
/// <param name="MessageId">Id of the message, the header <c>webhook-id</c>.</param>
/// <param name="Attempts">Number of failed attempts.</param>
/// <param name="LastAt">Time of the last attempt.</param>
/// <param name="NextAt">Time of the next attempt.</param>
/// <param name="Fault">Reason why the last attempt failed.</param>
internal sealed record WebhookRetryAnswer(string MessageId, int Attempts, string LastAt, string NextAt, string Fault);

/// <summary>The webhook subscriptions that a caller may see.</summary>
/// <param name="Subscriptions">Subscriptions by id.</param>
internal sealed record WebhookSubscriptionsAnswer(IReadOnlyList<WebhookSubscriptionAnswer> Subscriptions);

/// <summary>The outcome of a message.</summary>
/// <param name="MessageId">Id of the message, the header <c>webhook-id</c>.</param>
/// <param name="Type">Type of the message.</param>
/// <param name="Status"><c>delivered</c>, <c>parked</c> or <c>replaying</c>.</param>
/// <param name="At">Time of the last attempt.</param>
/// <param name="Attempts">Number of attempts.</param>
/// <param name="Fault">Reason why the last attempt failed; null if it succeeded.</param>
internal sealed record WebhookDeliveryAnswer(string MessageId, string Type, string Status, string At, int Attempts, string? Fault)
{
    /// <summary>Creates the answer.</summary>
    public static WebhookDeliveryAnswer FromDocument(WebhookDeliveryDocument delivery) => new(
        delivery.Message, delivery.Type, FormatStatus(delivery.Status), delivery.At.ToString(), delivery.Attempts, delivery.Fault);

    private static string FormatStatus(WebhookDeliveryStatus status) => status switch
    {
        WebhookDeliveryStatus.Delivered => "delivered",
        WebhookDeliveryStatus.Parked => "parked",
        WebhookDeliveryStatus.Replaying => "replaying",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };
}

/// <summary>Deliveries of a subscription.</summary>
/// <param name="Deliveries">Deliveries, latest first.</param>
internal sealed record WebhookDeliveriesAnswer(IReadOnlyList<WebhookDeliveryAnswer> Deliveries);

/// <summary>The answer to a replay.</summary>
/// <param name="Replaying">Number of parked messages that are sent again.</param>
internal sealed record WebhookReplayAnswer(long Replaying);
