namespace Attribution.Simulator;

/// <summary>The final state of a refund.</summary>
/// <param name="EventId">Id of the event that counts.</param>
/// <param name="At">Time of the refund.</param>
/// <param name="Kind"><c>refund</c>, <c>cancel</c> or <c>chargeback</c>.</param>
/// <param name="Amount">Amount in minor units; null for the rest of the order.</param>
internal sealed record RefundFact(string EventId, DateTimeOffset At, string Kind, long? Amount);
