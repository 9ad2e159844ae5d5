namespace Attribution.Core.Payouts;

/// <summary>A tier of an agreement.</summary>
/// <param name="From">The tier applies above this total: minor units of net revenue, or millionths of orders.</param>
/// <param name="Rate">Rate of net revenue, in millionths of a percent: 10 % is 10,000,000.</param>
/// <param name="PerOrder">Amount per whole order, in minor units.</param>
public readonly record struct Tier(long From, long Rate, long PerOrder);
