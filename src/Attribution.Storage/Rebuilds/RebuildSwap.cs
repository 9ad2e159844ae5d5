using Attribution.Contracts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.Rebuilds;

/// <summary>What a swap needs to be told.</summary>
public sealed record RebuildSwap
{
    /// <summary>The run; it stands as the cause of the ledger lines, and a second swap of one run changes nothing and answers what the first did.</summary>
    public required Guid Run { get; init; }

    /// <summary>The catalog that every rebuilt journey stands on.</summary>
    public required long CatalogVersion { get; init; }

    /// <summary>What that catalog's costs add to the rollups.</summary>
    public required MeasureSums Costs { get; init; }

    /// <summary>Commits packs to <see cref="IRebuild.Journeys"/>. Called while the serving store takes no commit: for the last few.</summary>
    public required Func<IReadOnlyList<EventPack>, Task> Replay { get; init; }

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }
}
