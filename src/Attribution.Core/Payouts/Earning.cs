using Attribution.Core.Ledger;

namespace Attribution.Core.Payouts;

/// <summary>The sum of the ledger's lines of one key on one day.</summary>
/// <param name="Key">Key of the conversion or adjustment.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">The order's day.</param>
/// <param name="Reason">Reason for an adjustment; null for a conversion, whose lines may have several reasons.</param>
/// <param name="Amount">Commission or fees in minor units.</param>
public sealed record Earning(string Key, string Campaign, DateOnly Day, LedgerReason? Reason, Int128 Amount);
