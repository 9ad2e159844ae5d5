namespace Attribution.Core.Payouts;

/// <summary>The kind of an accrual. Stored: never renumber.</summary>
public enum AccrualKind
{
    /// <summary>An order.</summary>
    Order = 1,

    /// <summary>A sign-up or lead.</summary>
    Lead = 2,

    /// <summary>A post.</summary>
    Post = 3,
}
