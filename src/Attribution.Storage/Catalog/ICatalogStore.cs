using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Journeys;

namespace Attribution.Storage.Catalog;

/// <summary>The catalog: small, read whole, written rarely.</summary>
public interface ICatalogStore
{
    /// <summary>The current version: 0 before the first write.</summary>
    ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation);

    /// <summary>All items as of one moment. The brand <c>default</c> is there from the start.</summary>
    ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes all of the change in one transaction and raises the version by one, or nothing: where the version is no longer the one
    /// expected, an item to delete has matched an event by now, or a fit that is not the brand's first would begin on a day that is closed by
    /// now. The caller then starts again from the load.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation);

    /// <summary>What was written to an item, newest first: at most <paramref name="limit"/>, those before <paramref name="before"/> (null: from the newest).</summary>
    ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(CatalogRef item, long? before, int limit, CancellationToken cancellation);
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

/// <summary>Who changed the catalog.</summary>
/// <param name="Name">The API key's name, or <c>local</c> while there are none.</param>
/// <param name="KeyId">The API key's id; null while there are none.</param>
public sealed record CatalogAuthor(string Name, string? KeyId);

/// <summary>A write to an item of the catalog, as it is kept.</summary>
/// <param name="Number">Grows with each write; where the next page begins.</param>
/// <param name="Version">The catalog's version that it made.</param>
/// <param name="At">When.</param>
/// <param name="By">Who; null: the program itself.</param>
/// <param name="Item">The item as written; null: it was deleted.</param>
public sealed record CatalogHistoryEntry(long Number, long Version, Timestamp At, CatalogAuthor? By, ICatalogItem? Item);
