using Attribution.Core.Ledger;

namespace Attribution.Core.Payouts;

/// <summary>An amount that an agreement adds to or subtracts from the commissions of its single conversions.</summary>
/// <param name="Period">A month (<c>2026-03</c>) or <c>agreement</c>; for fees <c>fee</c> or <c>posts</c>.</param>
/// <param name="Day">
/// The local day it counts on: for tiers and caps the conversion's, for a guarantee the last day of the period.
/// </param>
/// <param name="Reason"><see cref="LedgerReason.Tier"/> to <see cref="LedgerReason.PostFee"/>.</param>
/// <param name="Amount">Amount in minor units; never 0.</param>
public sealed record Adjustment(string Period, DateOnly Day, LedgerReason Reason, Int128 Amount);
