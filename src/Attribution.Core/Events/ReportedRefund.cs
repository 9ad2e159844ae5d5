using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>A refund as reported by one event.</summary>
public sealed record ReportedRefund : JourneyEvent, IStateReport
{
    /// <inheritdoc/>
    public override string TypeName => "refund";

    /// <summary>Gets the refunded order.</summary>
    public required string OrderId { get; init; }

    /// <summary>Gets the refund id, unique within the order.</summary>
    public required string RefundId { get; init; }

    /// <summary>Gets the kind of refund.</summary>
    public required RefundKind Kind { get; init; }

    /// <summary>Gets the ISO 4217 currency; always reported together with the amount.</summary>
    public string? Currency { get; init; }

    /// <summary>
    /// Gets the refunded part of the goods in minor units; null: the entire remainder (only for a cancellation).
    /// </summary>
    public long? Amount { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the amount is a part of the order's total with tax and shipping, of which the
    /// goods' share is refunded.
    /// </summary>
    public bool IsOfTotal { get; init; }

    /// <summary>Gets a value that indicates whether the event takes the refund back.</summary>
    public bool IsVoid { get; init; }

    /// <summary>Gets the lines of the order that the refund gives back; null if the event does not state them.</summary>
    public IReadOnlyList<ReportedRefundLine>? Lines { get; init; }

    /// <inheritdoc/>
    public Timestamp? StateAt { get; init; }

    /// <inheritdoc/>
    public Timestamp? ReceivedAt { get; init; }
}
