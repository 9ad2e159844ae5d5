namespace Attribution.Storage.Ledger;

/// <summary>Lines of the ledger from a place on.</summary>
/// <param name="Entries">By number.</param>
/// <param name="Cursor">The place after them.</param>
/// <param name="HasMore">Whether there were more already.</param>
public sealed record LedgerPage(IReadOnlyList<NumberedLedgerEntry> Entries, string Cursor, bool HasMore);
