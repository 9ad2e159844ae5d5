using Attribution.Core.Payouts;

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
