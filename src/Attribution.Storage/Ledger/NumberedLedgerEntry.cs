using Attribution.Core.Ledger;

namespace Attribution.Storage.Ledger;

/// <summary>A line of the ledger under its number.</summary>
/// <param name="Number">Greater than that of every line written before; no other line of the store has it, and it never changes.</param>
/// <param name="Entry">The line.</param>
/// <param name="RestatesOrderDay">Whether its order day was closed when it was written.</param>
/// <param name="RestatesEntryDay">Whether its entry day was.</param>
public sealed record NumberedLedgerEntry(long Number, LedgerEntry Entry, bool RestatesOrderDay, bool RestatesEntryDay);
