using Attribution.Core.Values;

namespace Attribution.Core.Ledger;

/// <summary>
/// One line of the append-only ledger: the change of one placement's share of one conversion under the book model.
/// Lines are never updated or deleted; the lines of a conversion sum to its current credit.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>Gets the id of the brand.</summary>
    public required string Brand { get; init; }

    /// <summary>
    /// Gets the conversion's key, <c>o:…</c> or <c>n:…</c>; for an adjustment of an agreement settled per period,
    /// <c>a:</c>, the agreement and the period.
    /// </summary>
    public required string Conversion { get; init; }

    /// <summary>Gets the placement whose share changed.</summary>
    public required Placement Placement { get; init; }

    /// <summary>Gets the conversion's local day.</summary>
    public required DateOnly OrderDay { get; init; }

    /// <summary>
    /// Gets the day the line counts on: the refund's day for a change by a refund, otherwise the conversion's.
    /// </summary>
    public required DateOnly EntryDay { get; init; }

    /// <summary>Gets the change of the net revenue, in minor units of the brand's currency.</summary>
    public required long Amount { get; init; }

    /// <summary>Gets the change of the credited share, in millionths.</summary>
    public required long Micros { get; init; }

    /// <summary>
    /// Gets the change of the placement's earnings, in minor units: commission, or an agreement's fees.
    /// </summary>
    public required long Commission { get; init; }

    /// <summary>Gets the reason.</summary>
    public required LedgerReason Reason { get; init; }

    /// <summary>Gets the event that caused it, as <c>source/id</c>; empty if the catalog did.</summary>
    public required string CausedBy { get; init; }

    /// <summary>Gets the time of recording.</summary>
    public required Timestamp RecordedAt { get; init; }
}
