using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Values;

namespace Attribution.Storage;

/// <summary>The catalog: small, read whole, written rarely.</summary>
public interface ICatalogStore
{
    /// <summary>The current version: 0 before the first write.</summary>
    ValueTask<long> VersionAsync(CancellationToken cancellation);

    /// <summary>All items as of one moment. The brand <c>default</c> is there from the start.</summary>
    ValueTask<CatalogContents> LoadAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes all of the change in one transaction and raises the version by one, or nothing: where the version is no longer the one
    /// expected, an item to delete has matched an event by now, or a fit that is not the brand's first would begin on a day that is closed by
    /// now. The caller then starts again from the load.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    ValueTask<bool> WriteAsync(CatalogChange change, CancellationToken cancellation);
}

/// <summary>A change of the catalog, checked against the version it expects.</summary>
public sealed record CatalogChange
{
    /// <summary>The version it was checked against.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Items to insert or replace.</summary>
    public IReadOnlyList<KeyValuePair<CatalogRef, ICatalogItem>> Puts { get; init; } = [];

    /// <summary>Items to delete.</summary>
    public IReadOnlyList<CatalogRef> Deletes { get; init; } = [];

    /// <summary>Whether journeys can depend on it: costs stand in rollups by themselves, all else is matched or credited by.</summary>
    public bool ReachesJourneys => Puts.Select(put => put.Key).Concat(Deletes).Any(item => item.Kind != CatalogKind.Costs);

    /// <summary>
    /// Fits to add, each with the number after its brand's last. They do not reach journeys as other changes do: only those with conversions
    /// from their first day on (<see cref="IJourneyStore.FindUnfittedAsync"/>).
    /// </summary>
    public IReadOnlyList<Fit> Fits { get; init; } = [];

    /// <summary>What the costs' measures change by.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }
}
