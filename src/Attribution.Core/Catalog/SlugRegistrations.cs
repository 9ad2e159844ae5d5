using System.Collections.Immutable;
using Attribution.Contracts.Catalog;

namespace Attribution.Core.Catalog;

/// <summary>
/// The order in which brands took their links' slugs, from the catalog's history. A brand takes a slug with its first
/// link that has it, and gives it up with its last one. Slugs that differ only in case are one slug, because the
/// redirector finds them in any case. Immutable.
/// </summary>
public sealed class SlugRegistrations
{
    private readonly ImmutableDictionary<string, string> brandsOfCampaigns;
    private readonly ImmutableDictionary<string, (string Brand, string Slug)> links;
    private readonly ImmutableDictionary<string, ImmutableList<Registration>> bySlug;

    private SlugRegistrations(
        long version, long number, ImmutableDictionary<string, string> brandsOfCampaigns,
        ImmutableDictionary<string, (string Brand, string Slug)> links,
        ImmutableDictionary<string, ImmutableList<Registration>> bySlug)
    {
        (Version, Number) = (version, number);
        (this.brandsOfCampaigns, this.links, this.bySlug) = (brandsOfCampaigns, links, bySlug);
    }

    /// <summary>Gets the registrations before the first write.</summary>
    public static SlugRegistrations Empty { get; } = new(
        0, 0, ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, (string, string)>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, ImmutableList<Registration>>(StringComparer.OrdinalIgnoreCase));

    /// <summary>Gets the catalog version of the last write applied; 0 if there is none.</summary>
    public long Version { get; }

    /// <summary>Gets the number of the last write applied; 0 if there is none.</summary>
    public long Number { get; }

    /// <summary>Returns the slugs that links of several brands have.</summary>
    public static IReadOnlySet<string> FindShared(IReadOnlyDictionary<CatalogRef, ICatalogItem> items)
    {
        var brands = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var shared = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var link in items.Values.OfType<LinkItem>())
        {
            var brand = CatalogKinds.BrandOf(link, items.GetValueOrDefault);
            if (!brands.TryAdd(link.Slug, brand) && brands[link.Slug] != brand) shared.Add(link.Slug);
        }
        return shared;
    }

    /// <summary>Returns the registrations after further writes, in the order of their numbers.</summary>
    /// <param name="writes">The writes of campaigns and links. The item is null if it was deleted.</param>
    public SlugRegistrations Apply(IEnumerable<(long Version, long Number, CatalogRef Reference, ICatalogItem? Item)> writes)
    {
        var (version, number) = (Version, Number);
        var campaigns = brandsOfCampaigns.ToBuilder();
        var knownLinks = links.ToBuilder();
        var slugs = bySlug.ToBuilder();
        foreach (var write in writes)
        {
            (version, number) = (write.Version, write.Number);
            if (write.Item is CampaignItem campaign) campaigns[campaign.Id] = campaign.BrandId;
            if (write.Reference.Kind != CatalogKind.Links) continue;
            (string Brand, string Slug)? taken = write.Item is LinkItem link && campaigns.TryGetValue(link.CampaignId, out var brand)
                ? (brand, link.Slug) : null;
            (string Brand, string Slug)? had = knownLinks.TryGetValue(write.Reference.Id, out var known) ? known : null;
            if (taken == had) continue;
            if (had is { } left)
            {
                knownLinks.Remove(write.Reference.Id);
                slugs[left.Slug] = Release(slugs[left.Slug], left.Brand);
            }
            if (taken is { } added)
            {
                knownLinks[write.Reference.Id] = added;
                slugs[added.Slug] = Take(slugs.GetValueOrDefault(added.Slug, []), added.Brand);
            }
        }
        return new(version, number, campaigns.ToImmutable(), knownLinks.ToImmutable(), slugs.ToImmutable());
    }

    /// <summary>Returns the brand that had each of these slugs first, of the brands that have it now.</summary>
    public ImmutableDictionary<string, string> OwnersOf(IEnumerable<string> slugs) =>
        slugs.Where(slug => bySlug.TryGetValue(slug, out var brands) && !brands.IsEmpty)
            .ToImmutableDictionary(slug => slug, slug => bySlug[slug][0].Brand, StringComparer.OrdinalIgnoreCase);

    private static ImmutableList<Registration> Take(ImmutableList<Registration> all, string brand) =>
        all.FindIndex(one => one.Brand == brand) is >= 0 and var at
            ? all.SetItem(at, all[at] with { Links = all[at].Links + 1 })
            : all.Add(new(brand, Links: 1));

    private static ImmutableList<Registration> Release(ImmutableList<Registration> all, string brand)
    {
        var at = all.FindIndex(one => one.Brand == brand);
        return all[at].Links == 1 ? all.RemoveAt(at) : all.SetItem(at, all[at] with { Links = all[at].Links - 1 });
    }

    /// <summary>The registration of a slug by a brand; earlier ones come first.</summary>
    private sealed record Registration(string Brand, int Links);
}
