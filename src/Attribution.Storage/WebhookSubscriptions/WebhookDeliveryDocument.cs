using Attribution.Core.Values;

namespace Attribution.Storage.WebhookSubscriptions;

/// <summary>The outcome of a message to a subscription.</summary>
public sealed record WebhookDeliveryDocument
{
    /// <summary>Gets the id of the message, the same for every attempt.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the type of the message.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the outcome.</summary>
    public required WebhookDeliveryStatus Status { get; init; }

    /// <summary>Gets the time of the last attempt.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Gets the number of attempts.</summary>
    public required int Attempts { get; init; }

    /// <summary>Gets the reason why the last attempt failed; null if it succeeded.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets the body, to be replayed; null for a message that was accepted.</summary>
    public string? Body { get; init; }
}

/// <summary>The outcome of a message.</summary>
public enum WebhookDeliveryStatus
{
    /// <summary>The receiver accepted it.</summary>
    Delivered = 0,

    /// <summary>It was given up after the last attempt. It can be replayed.</summary>
    Parked = 1,

    /// <summary>It was parked, and is to be sent again.</summary>
    Replaying = 2,
}
