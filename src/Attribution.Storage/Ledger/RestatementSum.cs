using Attribution.Core.Ledger;
using Attribution.Core.Values;

namespace Attribution.Storage.Ledger;

/// <summary>The sums of the restatements of one reason and placement.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Placement">The placement whose share changed.</param>
/// <param name="Count">The number of entries.</param>
/// <param name="Amount">The change of net revenue, in minor units.</param>
/// <param name="Micros">The change of the credited share, in millionths.</param>
/// <param name="Commission">The change of the commission, in minor units.</param>
public sealed record RestatementSum(
    LedgerReason Reason, Placement Placement, long Count, Int128 Amount, long Micros, Int128 Commission);
