using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage.DataSets;

/// <summary>The change of a store to another version of a data set, checked against the version of the catalog that it expects.</summary>
public sealed record DataSetChange
{
    /// <summary>Gets the kind, one of <see cref="DataSetKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets the version; the store must contain it.</summary>
    public required int Number { get; init; }

    /// <summary>Gets the version of the catalog that the change was computed from. It rises by one.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Gets the instant before which events keep their results.</summary>
    public Timestamp SealedBefore { get; init; } = new(long.MinValue);

    /// <summary>Gets the changes of the costs' measures.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>Gets the time of the change.</summary>
    public required Timestamp At { get; init; }
}
