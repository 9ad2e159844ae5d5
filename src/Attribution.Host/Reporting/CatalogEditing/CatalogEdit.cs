using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// A write in progress. It validates each item against the catalog as the caller sees it, with the previous changes
/// applied, and collects the valid changes.
/// </summary>
internal sealed class CatalogEdit(
    CatalogContents before, IReadOnlyDictionary<string, bool> brandsWithData, string? onlyBrand, Timestamp now,
    CustomerKeyHasher keys)
{
    private readonly CatalogDraft draft = new(onlyBrand is null ? before : before.RestrictTo(onlyBrand));
    private readonly OrderedDictionary<CatalogRef, ICatalogItem> puts = [];
    private readonly HashSet<CatalogRef> deletes = [];

    /// <summary>Gets the time of the write.</summary>
    public Timestamp Now => now;

    /// <summary>Gets a value indicating whether nothing would change.</summary>
    public bool IsEmpty => puts.Count == 0 && deletes.Count == 0;

    /// <summary>
    /// Gets a value indicating whether the measures of costs can change: by their amount, exchange rate, days, currency
    /// or sharing.
    /// </summary>
    public bool AffectsCosts =>
        puts.Keys.Concat(deletes).Any(
            item => item.Kind is CatalogKind.Costs or CatalogKind.FxRates or CatalogKind.Campaigns or CatalogKind.Brands)
        || (!IsEmpty && before.Items.Values.Any(item => item is CampaignItem { CostSharing: not null }));

    /// <summary>
    /// Gets brands whose currency would change but for which the existence of data is unknown. The edit must be decided
    /// again once it is known.
    /// </summary>
    public HashSet<string> UnresolvedBrands { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns the current item of the edit; null if there is none.</summary>
    public ICatalogItem? Find(CatalogRef reference) => draft.Find(reference);

    /// <summary>Puts an item, or returns the reasons why it is invalid. An unchanged item is not written.</summary>
    public (ICatalogItem Item, IReadOnlyList<CatalogFault> Faults) Put(ICatalogItem item)
    {
        var hasData = item is BrandItem brand && draft.Find(CatalogKinds.RefOf(item)) is BrandItem known
            && known.Currency != brand.Currency && HasData(brand.Id);
        var faults = CatalogRules.Check(draft, item, hasData);
        if (faults.Count > 0) return (item, faults);
        if ((CheckBrandAccess(item) ?? CheckBrandAccess(draft.Find(CatalogKinds.RefOf(item)))) is { } fault)
            return (item, [fault]);
        if (IsIdTaken(CatalogKinds.RefOf(item)))
            return (item, [new(CatalogFaultReason.IdTaken, "/id", "The id is not available. Choose another one")]);
        item = CatalogRules.Normalize(draft, item, now);
        if (item is CreatorItem { CustomerKeys: { } own } creator) item =
            creator with { CustomerKeys = [.. own.Select(keys.Hash)] };
        if (draft.Find(CatalogKinds.RefOf(item)) is { } old && HasSameJson(old, item)) return (item, []);
        draft.Put(item);
        puts[CatalogKinds.RefOf(item)] = item;
        return (item, []);
    }

    /// <summary>
    /// Indicates whether an item that the caller does not see has an id. Ids are unique across brands.
    /// </summary>
    public bool IsIdTaken(CatalogRef reference) => before.Items.ContainsKey(reference) && draft.Find(reference) is null && !deletes.Contains(reference);

    /// <summary>Indicates whether another item of the brand uses the same slug or code at any time.</summary>
    public bool ConflictsAtAnyTime(ICatalogItem item) => draft.IsReservedAtAnyTime(item);

    /// <summary>Discards all changes.</summary>
    public void Discard()
    {
        puts.Clear();
        deletes.Clear();
    }

    /// <summary>Deletes an existing item, or returns the reasons why it cannot be deleted.</summary>
    public IReadOnlyList<CatalogFault> Delete(CatalogRef reference)
    {
        if (CheckBrandAccess(draft.Find(reference)) is { } fault) return [fault];
        var faults = CatalogRules.CheckDelete(draft, reference);
        if (faults.Count > 0) return faults;
        draft.Remove(reference);
        deletes.Add(reference);
        return [];
    }

    /// <summary>Returns the contents with the edit applied, with the version that the write will create.</summary>
    public CatalogContents GetContentsAfter() => before with
    {
        Version = before.Version + 1,
        Items = before.Items.RemoveRange(deletes).SetItems(puts),
    };

    /// <summary>Returns the change to write, without the deltas of costs, which the caller adds.</summary>
    public CatalogChange ToChange() => new()
    {
        ExpectedVersion = before.Version, Puts = [.. puts], Deletes = [.. deletes], At = now,
    };

    private CatalogFault? CheckBrandAccess(ICatalogItem? item) =>
        item is null || onlyBrand is null || CatalogKinds.BrandOf(item, draft.Find) == onlyBrand ? null
        : new(
            CatalogFaultReason.BrandNotAllowed, "",
            $"The API key is restricted to the brand '{onlyBrand}' and can only write items of that brand. Creators "
                + "and exchange rates are shared by all brands");

    private bool HasData(string brand)
    {
        if (brandsWithData.TryGetValue(brand, out var known)) return known;
        UnresolvedBrands.Add(brand);
        return false;
    }

    // Lists within records compare by reference, so their JSON is compared.
    private static bool HasSameJson(ICatalogItem left, ICatalogItem right) =>
        JsonSerializer.Serialize(left, left.GetType(), ReportJson.Options) == JsonSerializer.Serialize(
            right, right.GetType(), ReportJson.Options);
}
