using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Payouts;

/// <summary>A settlement of an agreement.</summary>
public sealed record SettlementCommit
{
    /// <summary>Gets the state that the adjustments were computed from.</summary>
    public required AgreementState ReadState { get; init; }

    /// <summary>Gets the version of the catalog that the adjustments were computed with.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>Gets all correct adjustments.</summary>
    public required IReadOnlyCollection<BookedAdjustment> Adjustments { get; init; }

    /// <summary>Gets the ledger entries of the difference.</summary>
    public required IReadOnlyList<LedgerEntry> Ledger { get; init; }

    /// <summary>Gets the changes of the rollups.</summary>
    public required MeasureSums Deltas { get; init; }

    /// <summary>Gets the time of the settlement.</summary>
    public required Timestamp At { get; init; }
}
