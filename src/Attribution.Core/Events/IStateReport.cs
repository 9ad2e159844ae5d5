using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>
/// A report of the state of an order, other conversion or refund. Several reports of one of them are ordered by the
/// time of the state, then by first receipt, then by (source, id).
/// </summary>
public interface IStateReport
{
    /// <summary>Gets the identity of the event.</summary>
    EventId Id { get; }

    /// <summary>Gets the time at which the event occurred.</summary>
    Timestamp At { get; }

    /// <summary>Gets the sender's time of the reported state; null if it is <see cref="At"/>.</summary>
    Timestamp? StateAt { get; }

    /// <summary>
    /// Gets the time at which the event was first received; null if the event has neither a time of its state nor takes
    /// anything back. Such events precede others of the same time.
    /// </summary>
    Timestamp? ReceivedAt { get; }
}
