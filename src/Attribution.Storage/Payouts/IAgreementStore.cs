using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>
/// Agreements that are settled per period: the accruals written by the commits of journeys, and the adjustments booked
/// for them. A settlement reads both and writes the correct adjustments together with the ledger entries of the
/// difference.
/// </summary>
public interface IAgreementStore
{
    /// <summary>
    /// Returns up to <paramref name="limit"/> agreements whose accruals changed since the last settlement.
    /// </summary>
    ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(int limit, CancellationToken cancellation);

    /// <summary>Returns every agreement that ever had an accrual or an adjustment.</summary>
    ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation);

    /// <summary>
    /// Reads the state of an agreement as of one moment; an empty state if it has no accruals or adjustments.
    /// </summary>
    ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation);

    /// <summary>
    /// Books adjustments in one transaction: they replace those that were read, ledger entries and deltas record the
    /// difference, and the accruals that were read count as settled.
    /// </summary>
    /// <returns>
    /// False, and nothing is written, if another settlement was booked in the meantime or the catalog is newer.
    /// </returns>
    ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation);

    /// <summary>Replaces accruals that differ from the journeys; the agreement counts as changed.</summary>
    /// <returns>False, and nothing is written, if they changed since the state was read.</returns>
    ValueTask<bool> ReplaceAccrualsAsync(
        AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation);
}
