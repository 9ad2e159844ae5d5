using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>A closed payout statement. It never changes, except that it can be marked as paid.</summary>
/// <param name="Number">The number: 1 for the brand's first, one more for each later.</param>
/// <param name="Creator">The creator.</param>
/// <param name="Statement">The statement, without items that were not payable yet.</param>
/// <param name="Closed">The author and the time of closing.</param>
/// <param name="Paid">The author and the time of marking it as paid; null if it is not.</param>
/// <param name="Reference">The reference of the payment, as entered.</param>
public sealed record ClosedPayoutStatement(
    long Number, string Creator, PayoutStatement Statement, ActorStamp Closed, ActorStamp? Paid, string? Reference);
