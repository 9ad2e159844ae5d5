using Attribution.Core.Ledger;

namespace Attribution.Storage.Ledger;

/// <summary>A ledger entry with its number.</summary>
/// <param name="Number">
/// The number: unique in the store, never changed, and greater than that of every entry written before.
/// </param>
/// <param name="Entry">The entry.</param>
/// <param name="RestatesOrderDay">True if the entry's order day was already closed when it was written.</param>
/// <param name="RestatesEntryDay">True if the entry's entry day was already closed when it was written.</param>
public sealed record NumberedLedgerEntry(long Number, LedgerEntry Entry, bool RestatesOrderDay, bool RestatesEntryDay);
