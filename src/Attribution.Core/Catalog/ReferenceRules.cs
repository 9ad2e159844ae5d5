using Attribution.Contracts.Catalog;
using static Attribution.Core.Catalog.CatalogFaultReason;

namespace Attribution.Core.Catalog;

/// <summary>The rules of references between items and of exclusive assignments.</summary>
internal static class ReferenceRules
{
    private const int MaxListedReferrers = 5;

    /// <summary>Checks that all items that an item refers to exist.</summary>
    public static void CheckReferences(FaultCollector faults, CatalogDraft current, ICatalogItem item)
    {
        foreach (var (number, reference) in CatalogReferences.ReferencedBy(item).Index())
        {
            if (current.Find(reference) is not null) continue;
            var (pointer, noun) = reference.Kind switch
            {
                CatalogKind.Brands => ("/brandId", "brand"),
                CatalogKind.Campaigns => ("/campaignId", "campaign"),
                _ => (item is MonthlyNetItem ? $"/creators/{number - 1}/creatorId" : "/creatorId", "creator"),
            };
            faults.Add(
                ReferenceUnknown, pointer,
                $"There is no {noun} '{FaultCollector.Abbreviate(reference.Id)}'{current.SuggestFor(reference)}. "
                + $"Create it first: PUT /v1/{CatalogKinds.NameOf(reference.Kind)}/{{id}}");
        }
    }

    /// <summary>Checks that no other item has the same slug, code, agreement or rate at the same time.</summary>
    public static void CheckConflicts(FaultCollector faults, CatalogDraft current, ICatalogItem item)
    {
        if (current.FindConflict(item) is not { } conflict) return;
        var (pointer, detail) = item switch
        {
            LinkItem x => ("/slug", $"The slug '{x.Slug}' is used within the brand by links/{conflict.Id}"),
            CodeItem x => ("/code", $"The code '{x.Code}' is assigned within the brand by codes/{conflict.Id}"),
            AgreementItem => ("/validFrom", $"The placement is covered by agreements/{conflict.Id}"),
            _ => ("/on", $"The rate of this day and pair already exists: fx-rates/{conflict.Id}"),
        };
        if (item is not FxRateItem) detail += " in an overlapping interval. End that item first, or begin at its end";
        faults.Add(IntervalOverlap, pointer, detail);
    }

    /// <summary>Checks that an item can be deleted.</summary>
    public static void CheckDelete(FaultCollector faults, CatalogDraft current, CatalogRef reference)
    {
        if (reference == CatalogRules.DefaultBrand)
        {
            faults.Add(InUse, "", "The brand default always exists; it cannot be deleted");
            return;
        }
        if (current.Matched.Contains(reference))
        {
            faults.Add(
                InUse, "",
                $"{reference} has matched events. End it (validTo, endsOn, or status inactive) instead of deleting it");
            return;
        }
        var referrers = current.ReferrersOf(reference);
        if (referrers.Count == 0) return;
        var listed = referrers.Select(referrer => referrer.ToString()).Order(StringComparer.Ordinal).Take(MaxListedReferrers);
        faults.Add(
            InUse, "",
            $"{reference} is referenced by {referrers.Count} other item(s): {string.Join(", ", listed)}"
            + $"{(referrers.Count > MaxListedReferrers ? ", …" : "")}. Delete those first");
    }
}
