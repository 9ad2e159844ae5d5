using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Storage.Ledger;

/// <summary>A ledger entry that was committed after the requested day was closed.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="ClosedAt">The time at which the day was closed.</param>
public sealed record Restatement(LedgerEntry Entry, Timestamp ClosedAt);
