using System.Collections.Frozen;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Host.Ingest.Redirect;

/// <summary>Index of one catalog snapshot's links by slug. Immutable.</summary>
internal sealed class RedirectTable
{
    private readonly FrozenDictionary<string, RegisteredLink[]> bySlugInAnyCase;

    private RedirectTable(CatalogSnapshot catalog)
    {
        Catalog = catalog;
        bySlugInAnyCase = catalog.Items<LinkItem>()
            .Select(link => new RegisteredLink(catalog.FindCampaign(link.CampaignId)!.Brand, link))
            .OrderBy(registered => registered.Link.Slug, StringComparer.Ordinal)
            .GroupBy(registered => registered.Link.Slug, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the indexed snapshot.</summary>
    public CatalogSnapshot Catalog { get; }

    /// <summary>Creates the index of a snapshot.</summary>
    public static RedirectTable FromCatalog(CatalogSnapshot catalog) => new(catalog);

    /// <summary>
    /// Finds the link that has a slug at a time, or else the one that had it last. Without a brand, the slug is looked
    /// up in the brand that had it first, in any case, so that no other brand's link changes an address that is in use.
    /// A slug that no link of the brand has as written is looked up in any case: print and phones capitalize.
    /// </summary>
    public LookupResult Find(string? brand, string slug, DateTimeOffset now)
    {
        if (!bySlugInAnyCase.TryGetValue(slug, out var links)) return default;
        brand ??= Catalog.OwnerOfSlug(slug) ?? links[0].Brand;
        var exact = Find(links, brand, slug, now);
        return exact.Link is not null ? exact : Find(links, brand, slug: null, now);
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

    /// <summary>Finds the link of a brand with a slug as written; with any slug if it is null.</summary>
    private static LookupResult Find(RegisteredLink[] links, string brand, string? slug, DateTimeOffset now)
    {
        RegisteredLink? ended = null;
        foreach (var registered in links)
        {
            var link = registered.Link;
            if (!string.Equals(registered.Brand, brand, StringComparison.OrdinalIgnoreCase)
                || (slug is not null && link.Slug != slug)) continue;
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
