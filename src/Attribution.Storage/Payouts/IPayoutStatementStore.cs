using Attribution.Core.Payouts;
using Attribution.Core.Values;

namespace Attribution.Storage.Payouts;

/// <summary>Creators' accounts: what the ledger owes them, what was approved, stated and paid. Statements are appended and never changed.</summary>
public interface IPayoutStatementStore
{
    /// <summary>The creators of a brand that the ledger ever said anything of, by id.</summary>
    ValueTask<IReadOnlyList<string>> ListEarningCreatorsAsync(string brand, CancellationToken cancellation);

    /// <summary>A creator's account as of one moment: lines that stand on a day or before it, and everything that was stated and approved.</summary>
    ValueTask<CreatorAccount> ReadAccountAsync(string brand, string creator, DateOnly through, CancellationToken cancellation);

    /// <summary>Keeps a statement under the brand's next number, in one transaction.</summary>
    /// <returns>The statement as kept; null, and nothing is written: the creator's last statement is no longer the one that the account was read with.</returns>
    ValueTask<ClosedPayoutStatement?> CloseStatementAsync(string brand, CreatorAccount read, PayoutStatement statement, ActorStamp by, CancellationToken cancellation);

    /// <summary>The closed statement of a creator and month; null when there is none.</summary>
    ValueTask<ClosedPayoutStatement?> FindStatementAsync(string brand, string creator, DateOnly month, CancellationToken cancellation);

    /// <summary>A closed statement by its number; null when there is none.</summary>
    ValueTask<ClosedPayoutStatement?> FindStatementAsync(string brand, long number, CancellationToken cancellation);

    /// <summary>Notes that a statement was paid; one that was noted before stays as it was.</summary>
    /// <returns>The statement as kept; null when there is none of the number.</returns>
    ValueTask<ClosedPayoutStatement?> MarkStatementPaidAsync(string brand, long number, ActorStamp by, string? reference, CancellationToken cancellation);

    /// <summary>Notes items as approved by hand; those approved before stay as they were.</summary>
    /// <returns>How many were not approved before.</returns>
    ValueTask<long> ApproveItemsAsync(string brand, string creator, IReadOnlyCollection<(string Item, string Campaign)> items, ActorStamp by, CancellationToken cancellation);
}

/// <summary>Who did something, and when.</summary>
/// <param name="By">The API key's name; <c>local</c> while there were none.</param>
/// <param name="KeyId">The API key's id; null without one.</param>
/// <param name="At">When.</param>
public sealed record ActorStamp(string By, string? KeyId, Timestamp At);

/// <summary>A statement as closed. Never changes but for being paid.</summary>
/// <param name="Number">1 for the brand's first, one more for each later.</param>
/// <param name="Creator">The creator.</param>
/// <param name="Statement">What it says; nothing of what was not payable yet.</param>
/// <param name="Closed">Who closed it, and when.</param>
/// <param name="Paid">Who noted that it was paid, and when; null while it is not.</param>
/// <param name="Reference">Of the payment, as given.</param>
public sealed record ClosedPayoutStatement(long Number, string Creator, PayoutStatement Statement, ActorStamp Closed, ActorStamp? Paid, string? Reference);
