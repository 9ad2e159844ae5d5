using System.Collections.Frozen;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Host.Ingest.Redirect;

/// <summary>Index of one catalog snapshot's links by slug. Immutable.</summary>
internal sealed class RedirectTable
{
    private readonly FrozenDictionary<string, RegisteredLink[]> bySlug;
    private readonly FrozenDictionary<string, RegisteredLink[]> bySlugInAnyCase;

    private RedirectTable(CatalogSnapshot catalog)
    {
        Catalog = catalog;
        var links = catalog.Items<LinkItem>()
            .Select(link => new RegisteredLink(catalog.FindCampaign(link.CampaignId)!.Brand, link))
            .OrderBy(registered => registered.Link.Slug, StringComparer.Ordinal).ToArray();
        bySlug = IndexBySlug(links, StringComparer.Ordinal);
        bySlugInAnyCase = IndexBySlug(links, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the indexed snapshot.</summary>
    public CatalogSnapshot Catalog { get; }

    /// <summary>Creates the index of a snapshot.</summary>
    public static RedirectTable FromCatalog(CatalogSnapshot catalog) => new(catalog);

    /// <summary>
    /// Finds the link that has a slug at a time, or else the one that had it last. Without a brand, the slug is looked
    /// up in the brand <c>default</c>, or in the only brand that has it. A slug that several other brands share
    /// requires its brand. A slug that no link has as written is looked up in any case: print and phones capitalize.
    /// </summary>
    public LookupResult Find(string? brand, string slug, DateTimeOffset now)
    {
        var exact = Find(bySlug, brand, slug, now);
        return exact.Link is not null ? exact : Find(bySlugInAnyCase, brand, slug, now);
    }

    /// <summary>
    /// Returns the brand and the name under which a slug that was not found is listed. A brand that does not exist is
    /// part of the name.
    /// </summary>
    public (string Brand, string Name) NameUnknown(string? brand, string slug)
    {
        if (brand is null) return (BrandSettings.DefaultId, slug);
        return Catalog.FindBrand(brand.ToLowerInvariant()) is { } known
            ? (known.Id, slug) : (BrandSettings.DefaultId, $"{brand}/{slug}");
    }

    private static FrozenDictionary<string, RegisteredLink[]> IndexBySlug(
        IEnumerable<RegisteredLink> links, StringComparer comparer) =>
        links.GroupBy(registered => registered.Link.Slug, comparer)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), comparer);

    private static LookupResult Find(
        FrozenDictionary<string, RegisteredLink[]> index, string? brand, string slug, DateTimeOffset now)
    {
        if (!index.TryGetValue(slug, out var links)) return default;
        brand ??= links.Any(link => link.Brand == BrandSettings.DefaultId) || links.Select(link => link.Brand).Distinct().Count() > 1
            ? BrandSettings.DefaultId : links[0].Brand;
        RegisteredLink? ended = null;
        foreach (var registered in links)
        {
            if (!string.Equals(registered.Brand, brand, StringComparison.OrdinalIgnoreCase)) continue;
            var link = registered.Link;
            if (!(link.ValidFrom > now) && !(link.ValidTo <= now)) return new(registered, IsEnded: false);
            if (link.ValidTo <= now && (ended is null || link.ValidTo > ended.Link.ValidTo)) ended = registered;
        }

        return new(ended, IsEnded: ended is not null);
    }

    /// <summary>A link and the brand of its campaign.</summary>
    public sealed record RegisteredLink(string Brand, LinkItem Link);

    /// <summary>Result of a look-up.</summary>
    /// <param name="Link">The link; null when the slug is unknown or its link is not valid yet.</param>
    /// <param name="IsEnded">True if the link has ended.</param>
    public readonly record struct LookupResult(RegisteredLink? Link, bool IsEnded);
}
