namespace Attribution.Core.Payouts;

/// <summary>The sum of the lines of closed statements for one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Day">Latest day of the lines.</param>
/// <param name="Amount">Sum in minor units.</param>
public sealed record StatementItemSum(string Item, string Campaign, DateOnly Day, Int128 Amount);
