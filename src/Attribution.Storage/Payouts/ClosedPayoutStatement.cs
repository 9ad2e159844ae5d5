using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>A statement as closed. Never changes but for being paid.</summary>
/// <param name="Number">1 for the brand's first, one more for each later.</param>
/// <param name="Creator">The creator.</param>
/// <param name="Statement">What it says; nothing of what was not payable yet.</param>
/// <param name="Closed">Who closed it, and when.</param>
/// <param name="Paid">Who noted that it was paid, and when; null while it is not.</param>
/// <param name="Reference">Of the payment, as given.</param>
public sealed record ClosedPayoutStatement(long Number, string Creator, PayoutStatement Statement, ActorStamp Closed, ActorStamp? Paid, string? Reference);
