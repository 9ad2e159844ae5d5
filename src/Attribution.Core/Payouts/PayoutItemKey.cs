using Attribution.Core.Ledger;

namespace Attribution.Core.Payouts;

/// <summary>
/// The key of an item of a payout statement: a conversion's key, or an adjustment's key with its day and reason.
/// </summary>
public static class PayoutItemKey
{
    /// <summary>Creates the key of an item.</summary>
    public static string Create(string key, DateOnly day, LedgerReason? reason) =>
        reason is null ? key : $"{key}:{day:yyyy-MM-dd}:{reason}";

    /// <summary>Returns true for an adjustment of an agreement, false for a conversion.</summary>
    public static bool IsAdjustment(string item) => item.StartsWith("a:", StringComparison.Ordinal);

    /// <summary>Returns the agreement of an adjustment.</summary>
    public static string AgreementOf(string item) => item.Split(':')[1];

    /// <summary>Returns the reason for an adjustment; null for a conversion.</summary>
    public static LedgerReason? ReasonOf(string item) =>
        IsAdjustment(item) ? Enum.Parse<LedgerReason>(item.Split(':')[^1]) : null;
}
