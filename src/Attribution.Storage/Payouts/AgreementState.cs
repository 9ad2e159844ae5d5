using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>The accruals and booked adjustments of an agreement.</summary>
/// <param name="Key">The agreement.</param>
/// <param name="Revision">The revision, which grows with each change of the accruals; 0 if it never had any.</param>
/// <param name="SettledRevision">The revision that the adjustments were computed from.</param>
/// <param name="SettlementNumber">The number of the last settlement, which grows with each.</param>
/// <param name="Accruals">The accruals by key (ordinal).</param>
/// <param name="Adjustments">The booked adjustments by (period, day, reason).</param>
public sealed record AgreementState(
    AgreementKey Key,
    long Revision,
    long SettledRevision,
    long SettlementNumber,
    IReadOnlyList<PeriodAccrual> Accruals,
    IReadOnlyList<BookedAdjustment> Adjustments);
