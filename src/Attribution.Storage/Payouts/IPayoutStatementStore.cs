using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>
/// Creators' accounts: earnings, approvals, payout statements and payments. Statements are appended and never changed.
/// </summary>
public interface IPayoutStatementStore
{
    /// <summary>Returns the creators of a brand that have any commission in the ledger, by id.</summary>
    ValueTask<IReadOnlyList<string>> ListEarningCreatorsAsync(string brand, CancellationToken cancellation);

    /// <summary>
    /// Reads a creator's account as of one moment: the ledger entries up to and including a day, and all statements and
    /// approvals.
    /// </summary>
    ValueTask<CreatorAccount> ReadAccountAsync(
        string brand, string creator, DateOnly through, CancellationToken cancellation);

    /// <summary>Stores a statement under the brand's next number, in one transaction.</summary>
    /// <returns>
    /// The stored statement; null, and nothing is written, if the creator has a newer statement than the account that
    /// was read.
    /// </returns>
    ValueTask<ClosedPayoutStatement?> CloseStatementAsync(
        string brand, CreatorAccount read, PayoutStatement statement, ActorStamp by, CancellationToken cancellation);

    /// <summary>Returns the closed statement of a creator and month; null if there is none.</summary>
    ValueTask<ClosedPayoutStatement?> FindStatementAsync(
        string brand, string creator, DateOnly month, CancellationToken cancellation);

    /// <summary>Returns a closed statement by its number; null if there is none.</summary>
    ValueTask<ClosedPayoutStatement?> FindStatementAsync(string brand, long number, CancellationToken cancellation);

    /// <summary>Marks a statement as paid. A statement that is already paid keeps its payment.</summary>
    /// <returns>The stored statement; null if none has the number.</returns>
    ValueTask<ClosedPayoutStatement?> MarkStatementPaidAsync(
        string brand, long number, ActorStamp by, string? reference, CancellationToken cancellation);

    /// <summary>
    /// Returns the numbers of statements in the order in which they were marked as paid, each with the number of its
    /// payment. A payment has a number that is greater than that of every payment before, so a reader that continues from
    /// the last number sees each once. Payments before version 9 of the schema have none, and are not returned.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The number of the payment to continue from; 0 starts with the first.</param>
    /// <param name="limit">The maximum number of payments; at least 1.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<IReadOnlyList<(long Payment, long Statement)>> ListPaymentsAsync(
        string brand, long after, int limit, CancellationToken cancellation);

    /// <summary>Returns the numbers of a brand's last statement and last payment; 0 if there is none.</summary>
    ValueTask<(long Statement, long Payment)> ReadLastNumbersAsync(string brand, CancellationToken cancellation);

    /// <summary>Marks items as approved manually. Items that are already approved keep their approval.</summary>
    /// <returns>The number of items that were not approved before.</returns>
    ValueTask<long> ApproveItemsAsync(
        string brand,
        string creator,
        IReadOnlyCollection<(string Item, string Campaign)> items,
        ActorStamp by,
        CancellationToken cancellation);
}
