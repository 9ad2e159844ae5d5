using Attribution.Core.Values;

namespace Attribution.Core.Payouts;

/// <summary>A line of a payout statement.</summary>
public sealed record PayoutStatementLine
{
    /// <summary>Gets the key of the item (<see cref="PayoutItemKey"/>).</summary>
    public required string Item { get; init; }

    /// <summary>Gets the campaign.</summary>
    public required string Campaign { get; init; }

    /// <summary>Gets the order's day or the adjustment's day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Gets the agreement that pays; null if it no longer exists.</summary>
    public required string? Agreement { get; init; }

    /// <summary>Gets the kind of line.</summary>
    public required StatementLineKind Kind { get; init; }

    /// <summary>
    /// Gets the payable amount of the item minus the amounts in earlier statements, in minor units. Never 0.
    /// </summary>
    public required Int128 Amount { get; init; }

    /// <summary>Gets the approver: the name of an API key, or <c>rule</c>.</summary>
    public required string ApprovedBy { get; init; }

    /// <summary>
    /// Gets the time of the approval; null for an automatic approval whose holding period was extended after an earlier
    /// statement contained the item.
    /// </summary>
    public Timestamp? ApprovedAt { get; init; }
}
