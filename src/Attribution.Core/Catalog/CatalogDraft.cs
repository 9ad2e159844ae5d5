using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The state of the catalog during a write, indexed for the rules. An import checks each line against the previous
/// lines in constant time. Not thread-safe; created for one write and discarded afterwards.
/// </summary>
public sealed class CatalogDraft
{
    // A search reads all items. An import of many lines with unknown references is not slowed down by it.
    private const int MaxSuggestions = 20;

    private readonly Dictionary<CatalogRef, ICatalogItem> items = [];
    private readonly Dictionary<string, List<Reservation>> reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<CatalogRef, HashSet<CatalogRef>> referrers = [];
    private int suggestions;

    /// <summary>Creates a draft of the current catalog.</summary>
    public CatalogDraft(CatalogContents contents)
    {
        Matched = contents.Matched;
        TimeZones = contents.TimeZones.Current.Set;
        items = new(contents.Items);
        foreach (var item in items.Values) Index(item);
    }

    /// <summary>Gets the items that have matched an event.</summary>
    public IReadOnlySet<CatalogRef> Matched { get; }

    /// <summary>Gets the time zones that a brand may have.</summary>
    public TimeZoneSet TimeZones { get; }

    /// <summary>Returns the item of a kind and id, or null.</summary>
    public T? Find<T>(CatalogKind kind, string id) where T : class, ICatalogItem =>
        items.GetValueOrDefault(new CatalogRef(kind, id)) as T;

    /// <summary>Returns the item, or null.</summary>
    public ICatalogItem? Find(CatalogRef reference) => items.GetValueOrDefault(reference);

    /// <summary>Returns the brand of a campaign; null if there is no such campaign.</summary>
    public string? BrandOf(string campaign) => Find<CampaignItem>(CatalogKind.Campaigns, campaign)?.BrandId;

    /// <summary>
    /// Returns the currency of a campaign's brand; null if there is no such campaign, or the currency is unknown.
    /// </summary>
    internal Currency? CurrencyOf(string campaign) =>
        BrandOf(campaign) is { } brand && Find<BrandItem>(CatalogKind.Brands, brand) is { } found
        && Currency.TryParse(found.Currency, out var currency)
            ? currency
            : null;

    /// <summary>Returns the items that refer to this one; empty if there are none.</summary>
    public IReadOnlyCollection<CatalogRef> ReferrersOf(CatalogRef reference) =>
        referrers.GetValueOrDefault(reference) ?? [];

    /// <summary>
    /// Returns <c> (did you mean 'x'?)</c> for an item that does not exist; empty if no id of its kind is similar, or
    /// after 20 searches.
    /// </summary>
    internal string SuggestFor(CatalogRef reference) =>
        ++suggestions > MaxSuggestions ? "" : SimilarNames.Suggest(
            reference.Id, items.Keys.Where(item => item.Kind == reference.Kind).Select(item => item.Id));

    /// <summary>Inserts or replaces an item. The item must have passed <see cref="CatalogRules"/>.</summary>
    public void Put(ICatalogItem item)
    {
        Remove(CatalogKinds.RefOf(item));
        items[CatalogKinds.RefOf(item)] = item;
        Index(item);
    }

    /// <summary>Removes an item; does nothing if it does not exist.</summary>
    public void Remove(CatalogRef reference)
    {
        if (!items.Remove(reference, out var removed)) return;
        foreach (var target in CatalogReferences.ReferencedBy(removed)) referrers[target].Remove(reference);
        if (ReservationOf(removed) is { } reservation)
            reservations[reservation.Key].RemoveAll(other => other.Id == reservation.Id);
    }

    /// <summary>Returns true if another item reserves the same slug, code, agreement or rate at any time.</summary>
    public bool IsReservedAtAnyTime(ICatalogItem item) =>
        ReservationOf(item) is { } reservation && reservations.TryGetValue(reservation.Key, out var others)
        && others.Exists(other => other.Id != reservation.Id);

    /// <summary>
    /// Returns another item's reservation of the same slug, code, agreement or rate at the same time; null if there is
    /// none.
    /// </summary>
    internal Reservation? FindConflict(ICatalogItem item) =>
        ReservationOf(item) is { } reservation && reservations.TryGetValue(reservation.Key, out var others)
            ? others.Find(other => other.Id != reservation.Id && other.Overlaps(reservation))
            : null;

    private void Index(ICatalogItem item)
    {
        var reference = CatalogKinds.RefOf(item);
        foreach (var target in CatalogReferences.ReferencedBy(item))
        {
            if (!referrers.TryGetValue(target, out var set)) referrers[target] = set = [];
            set.Add(reference);
        }
        if (ReservationOf(item) is not { } reservation) return;
        if (!reservations.TryGetValue(reservation.Key, out var list)) reservations[reservation.Key] = list = [];
        list.Add(reservation);
    }

    private Reservation? ReservationOf(ICatalogItem item) => Reservation.FromItem(item, item switch
    {
        LinkItem link => BrandOf(link.CampaignId) ?? "",
        CodeItem code => BrandOf(code.CampaignId) ?? "",
        _ => "",
    });
}
