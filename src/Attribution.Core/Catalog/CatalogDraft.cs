using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>
/// The catalog as a write in progress has left it, indexed for the rules: an import checks each line against the lines before it in
/// constant time. Not thread-safe; made for one write and thrown away.
/// </summary>
public sealed class CatalogDraft
{
    private readonly Dictionary<CatalogRef, ICatalogItem> items = [];
    private readonly Dictionary<string, List<Reservation>> reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<CatalogRef, HashSet<CatalogRef>> referrers = [];

    /// <summary>Starts from what the catalog holds.</summary>
    public CatalogDraft(CatalogContents contents)
    {
        Matched = contents.Matched;
        items = new(contents.Items);
        foreach (var item in items.Values) Index(item);
    }

    /// <summary>Items that ever matched an event.</summary>
    public IReadOnlySet<CatalogRef> Matched { get; }

    /// <summary>The item of a kind and id, or null.</summary>
    public T? Find<T>(CatalogKind kind, string id) where T : class, ICatalogItem => items.GetValueOrDefault(new CatalogRef(kind, id)) as T;

    /// <summary>The item, or null.</summary>
    public ICatalogItem? Find(CatalogRef reference) => items.GetValueOrDefault(reference);

    /// <summary>The brand of a campaign, or null where there is no such campaign.</summary>
    public string? BrandOf(string campaign) => Find<CampaignItem>(CatalogKind.Campaigns, campaign)?.BrandId;

    /// <summary>Items that name this one, by kind and id; empty when none does.</summary>
    public IReadOnlyCollection<CatalogRef> ReferrersOf(CatalogRef reference) => referrers.GetValueOrDefault(reference) ?? [];

    /// <summary>Inserts or replaces. The item must have passed <see cref="CatalogRules"/>.</summary>
    public void Put(ICatalogItem item)
    {
        Remove(CatalogKinds.RefOf(item));
        items[CatalogKinds.RefOf(item)] = item;
        Index(item);
    }

    /// <summary>Removes; nothing where there is no such item.</summary>
    public void Remove(CatalogRef reference)
    {
        if (!items.Remove(reference, out var old)) return;
        foreach (var target in CatalogReferences.ReferencedBy(old)) referrers[target].Remove(reference);
        if (Reservation.FromItem(old, BrandOfPlacement(old)) is { } holding) reservations[holding.Key].RemoveAll(other => other.Id == holding.Id);
    }

    /// <summary>Whether another item holds the same slug, code, agreement or rate, whenever.</summary>
    public bool IsReservedAtAnyTime(ICatalogItem item) =>
        Reservation.FromItem(item, BrandOfPlacement(item)) is { } mine && reservations.TryGetValue(mine.Key, out var others) && others.Exists(other => other.Id != mine.Id);

    /// <summary>The hold of another item on the same slug, code, agreement or rate at the same time; null when there is none.</summary>
    internal Reservation? FindConflict(ICatalogItem item) =>
        Reservation.FromItem(item, BrandOfPlacement(item)) is { } mine && reservations.TryGetValue(mine.Key, out var others)
            ? others.Find(other => other.Id != mine.Id && other.Overlaps(mine))
            : null;

    private void Index(ICatalogItem item)
    {
        var reference = CatalogKinds.RefOf(item);
        foreach (var target in CatalogReferences.ReferencedBy(item))
        {
            if (!referrers.TryGetValue(target, out var set)) referrers[target] = set = [];
            set.Add(reference);
        }
        if (Reservation.FromItem(item, BrandOfPlacement(item)) is not { } holding) return;
        if (!reservations.TryGetValue(holding.Key, out var list)) reservations[holding.Key] = list = [];
        list.Add(holding);
    }

    private string BrandOfPlacement(ICatalogItem item) => item switch
    {
        LinkItem link => BrandOf(link.CampaignId) ?? "",
        CodeItem code => BrandOf(code.CampaignId) ?? "",
        _ => "",
    };
}

/// <summary>Something that one item alone may hold at a time: a slug or code within a brand, the agreement of a placement, the rate of a day.</summary>
/// <param name="Key">What is held.</param>
/// <param name="Id">The item that holds it.</param>
/// <param name="From">First instant, inside.</param>
/// <param name="To">Last instant, outside.</param>
internal sealed record Reservation(string Key, string Id, DateTimeOffset From, DateTimeOffset To)
{
    public bool Overlaps(Reservation other) => From < other.To && other.From < To;

    /// <summary>A slug is compared as written, a code trimmed and without regard to case.</summary>
    public static Reservation? FromItem(ICatalogItem item, string brand) => item switch
    {
        LinkItem x => new($"slug/{brand}/{x.Slug}", x.Id, x.ValidFrom ?? DateTimeOffset.MinValue, x.ValidTo ?? DateTimeOffset.MaxValue),
        CodeItem x => new($"code/{brand}/{TextNormalizer.Code(x.Code)}", x.Id, x.ValidFrom ?? DateTimeOffset.MinValue, x.ValidTo ?? DateTimeOffset.MaxValue),
        AgreementItem x => new($"agreement/{x.CampaignId}/{x.CreatorId}", x.Id, StartOfDay(x.ValidFrom, DateTimeOffset.MinValue), StartOfDay(x.ValidTo, DateTimeOffset.MaxValue)),
        FxRateItem x => new($"rate/{x.On:O}/{x.From}/{x.To}", x.Id, DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
        _ => null,
    };

    private static DateTimeOffset StartOfDay(DateOnly? day, DateTimeOffset open) =>
        day is { } known ? new DateTimeOffset(known.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : open;
}
