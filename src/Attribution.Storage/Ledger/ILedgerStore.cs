using Attribution.Core.Ledger;

namespace Attribution.Storage.Ledger;

/// <summary>The ledger, for reading. Entries are written by the commits that cause them.</summary>
public interface ILedgerStore
{
    /// <summary>Returns the ledger entries of a conversion, in the order of recording.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(
        string brand, string conversion, CancellationToken cancellation);

    /// <summary>
    /// Returns entries of a brand's ledger, of every kind, in the order of writing. Entries committed later sort after
    /// every cursor returned earlier, so a reader that continues from the returned cursor sees each entry exactly once.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="after">The cursor of the previous page; null starts with the first entry.</param>
    /// <param name="limit">The maximum number of entries; at least 1.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="ArgumentException">
    /// This store did not return the cursor, or was restored from an older copy since.
    /// </exception>
    ValueTask<LedgerPage> ReadLedgerPageAsync(string brand, string? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Returns the cursor with which <see cref="ReadLedgerPageAsync"/> returns only entries that are committed after this call.
    /// </summary>
    ValueTask<string> ReadLedgerEndAsync(CancellationToken cancellation);

    /// <summary>
    /// Returns the ledger entries that were committed after their day was closed, by (recorded, commit), and the cursor
    /// of the next page, which is null at the end.
    /// </summary>
    /// <param name="query">Selects the restatements.</param>
    /// <param name="cursor">The cursor of this page; null starts with the first entry.</param>
    /// <param name="limit">The maximum number of entries.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="ArgumentException">This method did not return the cursor.</exception>
    ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>Returns the sums of all restatements by reason, campaign and creator (ordinal).</summary>
    ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(
        RestatementFilter query, CancellationToken cancellation);

    /// <summary>
    /// Sums the ledger entries of each conversion of some local days, ordered by conversion key (ordinal). Conversions
    /// that sum to nothing are omitted, so that a conversion whose day changed appears once.
    /// </summary>
    /// <param name="brand">The brand.</param>
    /// <param name="from">The first day, inclusive.</param>
    /// <param name="to">The last day, inclusive.</param>
    /// <param name="campaign">Restricts the entries to one campaign; null selects all.</param>
    /// <param name="creator">Restricts the entries to one creator; null selects all.</param>
    /// <param name="cancellation">Cancels the read.</param>
    ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation);
}
