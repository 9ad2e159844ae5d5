using Attribution.Core.Values;
using Attribution.Storage.WebhookSubscriptions;

namespace Attribution.Host.Reporting.WebhookSubscriptions;

/// <summary>The change of a subscription by the answers of its receiver.</summary>
internal sealed class WebhookProgress(WebhookPosition position, WebhookRetry? retry)
{
    private readonly List<WebhookDeliveryDocument> deliveries = [];
    private readonly (WebhookPosition Position, WebhookRetry? Retry) before = (position, retry);
    private WebhookPosition position = position;
    private WebhookRetry? earlier = retry;

    /// <summary>Gets the message to try again later; null if there is none.</summary>
    public WebhookRetry? Retry { get; private set; }

    /// <summary>Gets a value indicating that the receiver wants no more messages.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Gets the outcomes to record.</summary>
    public IReadOnlyList<WebhookDeliveryDocument> Deliveries => deliveries;

    /// <summary>Gets a value indicating whether there is anything to record.</summary>
    public bool HasChanged => deliveries.Count > 0 || IsGone || (position, Retry) != before;

    /// <summary>Adds the answer to the next message.</summary>
    public void Add(WebhookMessage message, WebhookAnswer answer, Timestamp now)
    {
        var attempts = (earlier?.Message == message.Id ? earlier.Attempts : 0) + 1;
        if (answer.Kind == WebhookAnswerKind.Gone)
        {
            IsGone = true;
            return;
        }
        if (answer.Kind == WebhookAnswerKind.Failed
            && WebhookRetrySchedule.DelayAfter(message.Id, attempts, answer.RetryAfter) is { } delay)
        {
            Retry = new(message.Id, attempts, now, delay, answer.Fault ?? "");
            return;
        }
        (position, earlier) = (message.After, null);
        deliveries.Add(CreateOutcome(message.Id, message.Type, message.Body, attempts, answer, now));
    }

    /// <summary>Adds the answer to a message that was parked. One that failed again is parked again.</summary>
    public void AddReplay(WebhookDeliveryDocument parked, WebhookAnswer answer, Timestamp now)
    {
        IsGone |= answer.Kind == WebhookAnswerKind.Gone;
        deliveries.Add(CreateOutcome(parked.Message, parked.Type, parked.Body, parked.Attempts + 1, answer, now));
    }

    /// <summary>Moves to the end of a page of which all messages were added.</summary>
    public void MoveTo(WebhookPosition end) => position = end;

    /// <summary>Returns a subscription with this progress.</summary>
    public WebhookSubscriptionDocument ApplyTo(WebhookSubscriptionDocument subscription) => subscription with
    {
        Position = position, Retry = Retry, Status = IsGone ? WebhookSubscriptionStatus.Gone : subscription.Status,
    };

    private static WebhookDeliveryDocument CreateOutcome(
        string id, string type, string? body, int attempts, WebhookAnswer answer, Timestamp now)
    {
        var isDelivered = answer.Kind == WebhookAnswerKind.Accepted;
        return new()
        {
            Message = id, Type = type, Attempts = attempts, At = now, Fault = answer.Fault, Body = isDelivered ? null : body,
            Status = isDelivered ? WebhookDeliveryStatus.Delivered : WebhookDeliveryStatus.Parked,
        };
    }
}
