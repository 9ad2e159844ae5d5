using System.Collections.Frozen;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;

namespace Attribution.Host.Ingest.Redirect;

/// <summary>Which link a slug means, indexed from one snapshot of the catalog. Immutable.</summary>
internal sealed class RedirectTable
{
    private readonly FrozenDictionary<string, RegisteredLink[]> bySlug;

    private RedirectTable(CatalogSnapshot catalog)
    {
        Catalog = catalog;
        bySlug = catalog.Items<LinkItem>()
            .GroupBy(link => link.Slug, link => new RegisteredLink(catalog.FindCampaign(link.CampaignId)!.Brand, link), StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>What it was made from.</summary>
    public CatalogSnapshot Catalog { get; }

    /// <summary>Indexes a snapshot.</summary>
    public static RedirectTable FromCatalog(CatalogSnapshot catalog) => new(catalog);

    /// <summary>
    /// The link that holds a slug at an instant, or the one that held it last and where it leads now. A slug without a brand is the brand
    /// <c>default</c>'s, else that of the only brand that has it; one that several others share needs its brand.
    /// </summary>
    public LookupResult Find(string? brand, string slug, DateTimeOffset now)
    {
        if (!bySlug.TryGetValue(slug, out var all)) return default;
        brand ??= all.Any(link => link.Brand == BrandSettings.DefaultId) || all.Select(link => link.Brand).Distinct().Count() > 1 ? BrandSettings.DefaultId : all[0].Brand;
        RegisteredLink? ended = null;
        foreach (var registered in all)
        {
            if (registered.Brand != brand) continue;
            var link = registered.Link;
            if (!(link.ValidFrom > now) && !(link.ValidTo <= now)) return new(registered, IsEnded: false);
            if (link.ValidTo <= now && (ended is null || link.ValidTo > ended.Link.ValidTo)) ended = registered;
        }

        return new(ended, IsEnded: ended is not null);
    }

    /// <summary>A link and the brand of its campaign.</summary>
    public sealed record RegisteredLink(string Brand, LinkItem Link);

    /// <summary>What a slug means.</summary>
    /// <param name="Link">The link; null when the slug is unknown, or its link has not begun.</param>
    /// <param name="IsEnded">Whether the link no longer holds.</param>
    public readonly record struct LookupResult(RegisteredLink? Link, bool IsEnded);
}
