using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Storage.Catalog;

/// <summary>A change of the catalog, checked against the version it expects.</summary>
public sealed record CatalogChange
{
    /// <summary>Gets the version that the change was checked against.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Gets the items to insert or replace.</summary>
    public IReadOnlyList<KeyValuePair<CatalogRef, ICatalogItem>> Puts { get; init; } = [];

    /// <summary>Gets the items to delete.</summary>
    public IReadOnlyList<CatalogRef> Deletes { get; init; } = [];

    /// <summary>
    /// Gets a value indicating that journeys can depend on the change. Costs, and the nets by which they are shared,
    /// only affect rollups; all other items affect matching or credit.
    /// </summary>
    public bool AffectsJourneys =>
        Puts.Select(put => put.Key).Concat(Deletes).Any(item => item.Kind is not (CatalogKind.Costs or CatalogKind.MonthlyNets));

    /// <summary>
    /// Gets the fits to add, each with the number after its brand's last. Unlike other changes they affect only
    /// journeys with conversions from their first day on (<see cref="IJourneyStore.FindStaleForFitAsync"/>).
    /// </summary>
    public IReadOnlyList<Fit> Fits { get; init; } = [];

    /// <summary>Gets the changes of the costs' measures.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>Gets the time of the change.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Gets the author; null for the program itself.</summary>
    public CatalogAuthor? By { get; init; }
}
