using System.Collections.Immutable;

namespace Attribution.Core.Payouts;

/// <summary>A creator's earnings of a brand up to a day, with the statements and approvals so far.</summary>
public sealed record CreatorAccount
{
    /// <summary>Gets the id of the creator.</summary>
    public required string Creator { get; init; }

    /// <summary>Gets the sums of the ledger's lines through the day.</summary>
    public required IReadOnlyList<Earning> Earnings { get; init; }

    /// <summary>Gets the sums of closed statements by item.</summary>
    public required IReadOnlyList<StatementItemSum> StatementSums { get; init; }

    /// <summary>Gets the manual approvals by item and campaign.</summary>
    public IReadOnlyDictionary<(string Item, string Campaign), Approval> Approvals { get; init; } =
        ImmutableDictionary<(string, string), Approval>.Empty;

    /// <summary>Gets the month of the last closed statement; null if there is none.</summary>
    public DateOnly? LastMonth { get; init; }

    /// <summary>Gets the amount that the last closed statement carried forward: 0 or negative.</summary>
    public Int128 CarriedForward { get; init; }

    /// <summary>Gets the last closed local day of the brand; null if there is none.</summary>
    public DateOnly? ClosedThrough { get; init; }
}
