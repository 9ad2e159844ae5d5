namespace Attribution.Storage.Ledger;

/// <summary>
/// The two days of a ledger entry. They differ for changes caused by a refund. Stored as bits: never renumber.
/// </summary>
public enum RestatedDay
{
    /// <summary>The conversion's day, under which the cohort view shows the entry.</summary>
    OrderDay = 1,

    /// <summary>
    /// The refund's day for a change caused by a refund, else the conversion's day. The cash view shows the entry under
    /// it.
    /// </summary>
    EntryDay = 2,
}
