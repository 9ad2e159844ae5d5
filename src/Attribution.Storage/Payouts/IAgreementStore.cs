using Attribution.Core.Payouts;

namespace Attribution.Storage.Payouts;

/// <summary>
/// What accrued under agreements that reckon over many conversions, as journeys' commits left it, and the adjustments that were booked for
/// it. The one who reckons reads both, and writes the adjustments that are right with the lines that make the difference.
/// </summary>
public interface IAgreementStore
{
    /// <summary>Up to <paramref name="limit"/> agreements whose accruals changed since they were last reckoned.</summary>
    ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(int limit, CancellationToken cancellation);

    /// <summary>Every agreement that ever had an accrual or an adjustment.</summary>
    ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation);

    /// <summary>What there is of an agreement, as of one moment; an empty book where there is nothing.</summary>
    ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation);

    /// <summary>
    /// Books adjustments in one transaction: they take the place of those that were read, lines and delta say the difference, and the
    /// accruals as read count as reckoned.
    /// </summary>
    /// <returns>False, and nothing is written: somebody else booked meanwhile, or the catalog is a newer one.</returns>
    ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation);

    /// <summary>Puts accruals right that are not what the journeys say; the agreement counts as changed.</summary>
    /// <returns>False, and nothing is written: they changed since the book was read.</returns>
    ValueTask<bool> ReplaceAccrualsAsync(AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation);
}
