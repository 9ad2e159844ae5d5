using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Payouts;

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
