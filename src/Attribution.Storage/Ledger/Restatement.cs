using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Storage.Ledger;

/// <summary>Which restatements are asked for.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="From">Recorded from this instant on, itself inside.</param>
/// <param name="To">Recorded before this instant, itself outside.</param>
/// <param name="Day">Which day of a line it is that must have been closed.</param>
/// <param name="Campaign">Of this campaign only; null: of all.</param>
/// <param name="Creator">Of this creator only; null: of all.</param>
public sealed record RestatementFilter(string Brand, Timestamp From, Timestamp To, RestatedDay Day, string? Campaign, string? Creator);

/// <summary>A ledger line stands on two days, which differ for what a refund changed. Stored as a bit: never renumber.</summary>
public enum RestatedDay
{
    /// <summary>The conversion's day, on which the cohort view shows it.</summary>
    OrderDay = 1,

    /// <summary>The refund's day for what a refund changed, else the conversion's, on which the cash view shows it.</summary>
    EntryDay = 2,
}

/// <summary>A ledger line that was committed when the day asked for was closed.</summary>
/// <param name="Entry">The line.</param>
/// <param name="ClosedAt">When its day had closed.</param>
public sealed record Restatement(LedgerEntry Entry, Timestamp ClosedAt);

/// <summary>What restatements of one reason and placement come to.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Placement">Whose share changed.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Amount">Change of net revenue, minor units.</param>
/// <param name="Micros">Change of the credited share, in millionths.</param>
/// <param name="Commission">Change of the commission, minor units.</param>
public sealed record RestatementSum(LedgerReason Reason, Placement Placement, long Count, long Amount, long Micros, long Commission);
