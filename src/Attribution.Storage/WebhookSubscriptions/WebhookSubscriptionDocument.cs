using Attribution.Core.Values;

namespace Attribution.Storage.WebhookSubscriptions;

/// <summary>
/// A receiver of a brand's webhooks, and how far its messages were sent. The secrets are stored in clear text, because
/// signatures are computed with them.
/// </summary>
public sealed record WebhookSubscriptionDocument
{
    /// <summary>Gets the id. It is not secret.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the brand.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the address that receives the messages.</summary>
    public required string Url { get; init; }

    /// <summary>Gets the types of messages to send, in alphabetical order; never empty.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Gets the status.</summary>
    public WebhookSubscriptionStatus Status { get; init; }

    /// <summary>Gets the secret, <c>whsec_</c> and base64.</summary>
    public required string Secret { get; init; }

    /// <summary>Gets the secret before the last rotation; null if there was none.</summary>
    public string? PreviousSecret { get; init; }

    /// <summary>Gets the time (exclusive) until which messages are also signed with the previous secret.</summary>
    public Timestamp? PreviousSecretUntil { get; init; }

    /// <summary>Gets the time of creation.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Gets the position up to which messages were sent or parked.</summary>
    public required WebhookPosition Position { get; init; }

    /// <summary>Gets the message that is being tried again; null if the last message was accepted or parked.</summary>
    public WebhookRetry? Retry { get; init; }

    /// <summary>Gets the number of changes of the stored subscription; set by the store.</summary>
    public long Revision { get; init; }

    /// <summary>Returns the id, so that a secret never appears in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>The status of a webhook subscription.</summary>
public enum WebhookSubscriptionStatus
{
    /// <summary>Messages are sent.</summary>
    Active = 0,

    /// <summary>A user stopped it. Messages wait.</summary>
    Paused = 1,

    /// <summary>The receiver answered 410 Gone. Messages wait.</summary>
    Gone = 2,
}

/// <summary>A position in what a brand's messages are read from.</summary>
/// <param name="Ledger">The cursor of the ledger.</param>
/// <param name="ClosedThrough">The last closed day; null if none was closed.</param>
/// <param name="Statements">The number of the last closed payout statement; 0 if there was none.</param>
/// <param name="Payments">The number of the last payment of a statement; 0 if there was none.</param>
public sealed record WebhookPosition(string Ledger, DateOnly? ClosedThrough, long Statements, long Payments);

/// <summary>A message that the receiver has not accepted yet.</summary>
/// <param name="Message">The id of the message.</param>
/// <param name="Attempts">The number of failed attempts.</param>
/// <param name="LastAt">The time of the last attempt.</param>
/// <param name="Delay">The time from the last attempt to the next.</param>
/// <param name="Fault">The reason why the last attempt failed.</param>
public sealed record WebhookRetry(string Message, int Attempts, Timestamp LastAt, TimeSpan Delay, string Fault);
