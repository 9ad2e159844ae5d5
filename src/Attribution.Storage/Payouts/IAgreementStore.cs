using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

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

/// <summary>An agreement of a brand.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Agreement">The agreement's id.</param>
public readonly record struct AgreementKey(string Brand, string Agreement);

/// <summary>What there is of an agreement.</summary>
/// <param name="Key">Which.</param>
/// <param name="Revision">Grows with each change of its accruals; 0: it never had any.</param>
/// <param name="SettledRevision">The revision that the adjustments were reckoned of.</param>
/// <param name="SettlementNumber">Grows with each booking.</param>
/// <param name="Accruals">By key, ordinal.</param>
/// <param name="Adjustments">As booked, by (period, day, reason).</param>
public sealed record AgreementState(
    AgreementKey Key, long Revision, long SettledRevision, long SettlementNumber, IReadOnlyList<PeriodAccrual> Accruals, IReadOnlyList<BookedAdjustment> Adjustments);

/// <summary>A booking of an agreement's adjustments.</summary>
public sealed record SettlementCommit
{
    /// <summary>What they were reckoned of.</summary>
    public required AgreementState ReadState { get; init; }

    /// <summary>The catalog they were reckoned with.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>All adjustments as they are right.</summary>
    public required IReadOnlyCollection<BookedAdjustment> Adjustments { get; init; }

    /// <summary>The ledger lines of the difference.</summary>
    public required IReadOnlyList<LedgerEntry> Ledger { get; init; }

    /// <summary>What it changes in the rollups.</summary>
    public required MeasureSums Deltas { get; init; }

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }
}
