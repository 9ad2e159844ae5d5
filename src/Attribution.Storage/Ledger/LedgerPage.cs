namespace Attribution.Storage.Ledger;

/// <summary>A page of ledger entries.</summary>
/// <param name="Entries">The entries, by number.</param>
/// <param name="Cursor">The cursor of the next page.</param>
/// <param name="HasMore">True if more entries existed when the page was read.</param>
public sealed record LedgerPage(IReadOnlyList<NumberedLedgerEntry> Entries, string Cursor, bool HasMore);
