using Attribution.Core.Values;

namespace Attribution.Storage.Ledger;

/// <summary>A selection of restatements.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="From">The earliest time of recording, inclusive.</param>
/// <param name="To">The latest time of recording, exclusive.</param>
/// <param name="Day">The day of an entry that must have been closed.</param>
/// <param name="Campaign">The campaign; null selects all.</param>
/// <param name="Creator">The creator; null selects all.</param>
public sealed record RestatementFilter(
    string Brand, Timestamp From, Timestamp To, RestatedDay Day, string? Campaign, string? Creator);
