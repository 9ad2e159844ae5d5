using Attribution.Contracts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>The parameters of a swap.</summary>
public sealed record RebuildSwap
{
    /// <summary>
    /// Gets the run. It becomes the cause of the ledger entries; a second swap of the same run only returns the outcome
    /// of the first.
    /// </summary>
    public required Guid Run { get; init; }

    /// <summary>Gets the version of the catalog that every rebuilt journey was evaluated with.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>Gets the measures that this catalog's costs add to the rollups.</summary>
    public required MeasureSums Costs { get; init; }

    /// <summary>
    /// Gets the function that commits the last packs to <see cref="IRebuild.Journeys"/>. It is called while the serving
    /// store accepts no commits.
    /// </summary>
    public required Func<IReadOnlyList<EventPack>, Task> Replay { get; init; }

    /// <summary>Gets the time of the swap.</summary>
    public required Timestamp At { get; init; }
}
