namespace Attribution.Core.Events;

/// <summary>The kinds of refunds.</summary>
public enum RefundKind
{
    /// <summary>A full or partial refund.</summary>
    Refund = 1,

    /// <summary>A cancellation: the entire remainder is refunded and the order no longer counts.</summary>
    Cancel,

    /// <summary>A chargeback by the cardholder; treated like any other refund.</summary>
    Chargeback,
}
