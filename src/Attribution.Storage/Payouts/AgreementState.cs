using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>What there is of an agreement.</summary>
/// <param name="Key">Which.</param>
/// <param name="Revision">Grows with each change of its accruals; 0: it never had any.</param>
/// <param name="SettledRevision">The revision that the adjustments were reckoned of.</param>
/// <param name="SettlementNumber">Grows with each booking.</param>
/// <param name="Accruals">By key, ordinal.</param>
/// <param name="Adjustments">As booked, by (period, day, reason).</param>
public sealed record AgreementState(
    AgreementKey Key, long Revision, long SettledRevision, long SettlementNumber, IReadOnlyList<PeriodAccrual> Accruals, IReadOnlyList<BookedAdjustment> Adjustments);
