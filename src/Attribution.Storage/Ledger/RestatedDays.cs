using Attribution.Core.Ledger;

namespace Attribution.Storage.Ledger;

/// <summary>The closed days that ledger entries restate.</summary>
internal static class RestatedDays
{
    /// <summary>
    /// Returns the <see cref="RestatedDay"/> bits of the entry's days on or before the last closed day (null: none is
    /// closed).
    /// </summary>
    public static int GetBits(LedgerEntry entry, DateOnly? closedThrough) =>
        (entry.OrderDay <= closedThrough ? (int)RestatedDay.OrderDay : 0) | (entry.EntryDay <= closedThrough ? (int)RestatedDay.EntryDay : 0);
}
