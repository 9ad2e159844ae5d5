namespace Attribution.Core.Payouts;

/// <summary>An item that has accrued but is not payable yet.</summary>
/// <param name="Item">Key of the item.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">The order's day.</param>
/// <param name="Agreement">The agreement that pays; null if it no longer exists.</param>
/// <param name="Amount">Amount in minor units.</param>
/// <param name="PayableOn">First local day on which the holding period has passed.</param>
/// <param name="NeedsApproval">True if it waits for a manual approval.</param>
/// <param name="State">The state.</param>
public sealed record OpenItem(
    string Item, string Campaign, DateOnly Day, string? Agreement, Int128 Amount, DateOnly PayableOn, bool NeedsApproval,
    CommissionState State);
