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
    /// <summary>The version it was checked against.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>Items to insert or replace.</summary>
    public IReadOnlyList<KeyValuePair<CatalogRef, ICatalogItem>> Puts { get; init; } = [];

    /// <summary>Items to delete.</summary>
    public IReadOnlyList<CatalogRef> Deletes { get; init; } = [];

    /// <summary>Whether journeys can depend on it: costs, and the nets they are shared by, stand in rollups by themselves, all else is matched or credited by.</summary>
    public bool AffectsJourneys => Puts.Select(put => put.Key).Concat(Deletes).Any(item => item.Kind is not (CatalogKind.Costs or CatalogKind.MonthlyNets));

    /// <summary>
    /// Fits to add, each with the number after its brand's last. They do not reach journeys as other changes do: only those with conversions
    /// from their first day on (<see cref="IJourneyStore.FindStaleForFitAsync"/>).
    /// </summary>
    public IReadOnlyList<Fit> Fits { get; init; } = [];

    /// <summary>What the costs' measures change by.</summary>
    public MeasureSums Deltas { get; init; } = new();

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }

    /// <summary>Who asked for it; null: the program itself.</summary>
    public CatalogAuthor? By { get; init; }
}
