using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Storage.Catalog;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>A write in progress: checks each item against what the ones before it left, and gathers what passed.</summary>
internal sealed class CatalogEdit(
    CatalogContents before, IReadOnlyDictionary<string, bool> brandsWithData, string? onlyBrand, Timestamp now, CustomerKeyHasher keys)
{
    private readonly CatalogDraft draft = new(before);
    private readonly OrderedDictionary<CatalogRef, ICatalogItem> puts = [];
    private readonly HashSet<CatalogRef> deletes = [];

    /// <summary>When the write happens.</summary>
    public Timestamp Now => now;

    /// <summary>Whether nothing would change.</summary>
    public bool IsEmpty => puts.Count == 0 && deletes.Count == 0;

    /// <summary>Whether the costs' measures can change by it: what they cost, by which rate, on whose days, in whose currency, and who shares them.</summary>
    public bool AffectsCosts => puts.Keys.Concat(deletes).Any(item => item.Kind is CatalogKind.Costs or CatalogKind.FxRates or CatalogKind.Campaigns or CatalogKind.Brands)
        || (!IsEmpty && before.Items.Values.Any(item => item is CampaignItem { CostSharing: not null }));

    /// <summary>Brands whose currency would change, of which it is not known whether they have data: find out, and decide again.</summary>
    public HashSet<string> UnresolvedBrands { get; } = new(StringComparer.Ordinal);

    /// <summary>The item as it stands in the edit, or null.</summary>
    public ICatalogItem? Find(CatalogRef reference) => draft.Find(reference);

    /// <summary>Takes an item, or answers why not. One that is there already, word for word, changes nothing.</summary>
    public (ICatalogItem Item, IReadOnlyList<CatalogFault> Faults) Put(ICatalogItem item)
    {
        var hasData = item is BrandItem brand && draft.Find(CatalogKinds.RefOf(item)) is BrandItem known && known.Currency != brand.Currency && HasData(brand.Id);
        var faults = CatalogRules.Check(draft, item, hasData);
        if (faults.Count > 0) return (item, faults);
        if ((CheckBrandAccess(item) ?? CheckBrandAccess(draft.Find(CatalogKinds.RefOf(item)))) is { } fault) return (item, [fault]);
        item = CatalogRules.Normalize(draft, item, now);
        if (item is CreatorItem { CustomerKeys: { } own } creator) item = creator with { CustomerKeys = [.. own.Select(keys.Hash)] };
        if (draft.Find(CatalogKinds.RefOf(item)) is { } old && HasSameJson(old, item)) return (item, []);
        draft.Put(item);
        puts[CatalogKinds.RefOf(item)] = item;
        return (item, []);
    }

    /// <summary>Whether another item holds the same slug or code of the brand at any time.</summary>
    public bool ConflictsAtAnyTime(ICatalogItem item) => draft.IsReservedAtAnyTime(item);

    /// <summary>Writes nothing of what was put: the edit is all or nothing.</summary>
    public void Discard()
    {
        puts.Clear();
        deletes.Clear();
    }

    /// <summary>Deletes an item that is there, or answers why not.</summary>
    public IReadOnlyList<CatalogFault> Delete(CatalogRef reference)
    {
        if (CheckBrandAccess(draft.Find(reference)) is { } fault) return [fault];
        var faults = CatalogRules.CheckDelete(draft, reference);
        if (faults.Count > 0) return faults;
        draft.Remove(reference);
        deletes.Add(reference);
        return [];
    }

    /// <summary>The contents with the edit applied, at the version that the write will make.</summary>
    public CatalogContents GetContentsAfter() => before with
    {
        Version = before.Version + 1,
        Items = before.Items.RemoveRange(deletes).SetItems(puts),
    };

    /// <summary>The change to write; costs' deltas are the caller's.</summary>
    public CatalogChange ToChange() => new()
    {
        ExpectedVersion = before.Version, Puts = [.. puts], Deletes = [.. deletes], At = now,
    };

    private CatalogFault? CheckBrandAccess(ICatalogItem? item) =>
        item is null || onlyBrand is null || CatalogKinds.BrandOf(item, draft.Find) == onlyBrand ? null
        : new(CatalogFaultReason.BrandNotAllowed, "", $"The API key is of the brand '{onlyBrand}' and writes what belongs to that brand alone; creators and exchange rates belong to all");

    private bool HasData(string brand)
    {
        if (brandsWithData.TryGetValue(brand, out var known)) return known;
        UnresolvedBrands.Add(brand);
        return false;
    }

    // Lists inside the records compare by reference, so the written form is compared.
    private static bool HasSameJson(ICatalogItem left, ICatalogItem right) =>
        JsonSerializer.Serialize(left, left.GetType(), ReportJson.Options) == JsonSerializer.Serialize(right, right.GetType(), ReportJson.Options);
}
