using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>The rule of closing a payout statement.</summary>
internal static class PayoutStatementClosing
{
    /// <summary>
    /// Returns the number of the statement to be closed; null if the creator has a newer statement than the account that
    /// was read.
    /// </summary>
    /// <param name="read">The account that the statement was made from.</param>
    /// <param name="lastMonth">The month of the creator's last statement; null if there is none.</param>
    /// <param name="lastNumber">The number of the brand's last statement; 0 if there is none.</param>
    public static long? NextNumber(CreatorAccount read, DateOnly? lastMonth, long lastNumber) =>
        read.LastMonth == lastMonth ? lastNumber + 1 : null;
}
