using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The query for codes, slugs, UTM parameters and currencies that the catalog does not contain, with suggestions.
/// </summary>
internal static class UnmatchedQuery
{
    private const int MaxSuggestions = 3;

    /// <summary>Reads a page of names, most frequent first.</summary>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="kindName">Name of the kind; null for all kinds.</param>
    /// <param name="page">The page.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="store">The rollups.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<UnmatchedAnswer>> RunAsync(
        string? brandId, string? kindName, PageRequest page, CatalogSnapshot catalog, IRollupStore store,
        CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        UnmatchedKind? kind = kindName switch
        {
            "code" => UnmatchedKind.Code, "link" => UnmatchedKind.Link, "utm" => UnmatchedKind.Utm, "rate" =>
                UnmatchedKind.Rate, "referral" => UnmatchedKind.Referral, _ => null,
        };
        if (kindName is not null && kind is null)
            return QueryProblem.BadParameter("kind", "Must be code, link, utm, rate or referral");

        try
        {
            var (names, next) = await store.ListUnmatchedAsync(brand.Id, kind, page.Position, page.Limit, cancellation);
            var known = names.Select(name => name.Kind).Distinct().ToDictionary(
                each => each, each => GetKnownNames(catalog, brand.Id, each).Distinct(StringComparer.Ordinal).ToList());
            return new UnmatchedAnswer(
                [
                    .. names.Select(name => new UnmatchedItem(
                        name.Kind, name.Name, name.Count, name.First, name.Last,
                        [.. SimilarNames.FindAll(name.Name, known[name.Kind]).Take(MaxSuggestions)])),
                ],
                next is null ? null : PageRequest.EncodeCursor(next));
        }
        catch (ArgumentException)
        {
            return QueryProblem.UnknownCursor();
        }
    }

    /// <summary>Reads all names.</summary>
    public static async Task<QueryResult<UnmatchedAnswer>> ReadAllAsync(
        string? brandId, string? kindName, CatalogSnapshot catalog, IRollupStore store, CancellationToken cancellation)
    {
        var (items, page) = (new List<UnmatchedItem>(), new PageRequest(PageRequest.MaxLimit, ""));
        while (true)
        {
            if (!(await RunAsync(brandId, kindName, page, catalog, store, cancellation))
                .TryGet(out var answer, out var problem)) return problem;
            items.AddRange(answer.Items);
            if (answer.Cursor is not { } cursor
                || !PageRequest.TryDecodeCursor(cursor, out var after)) return new UnmatchedAnswer(items, null);
            page = page with { After = after };
        }
    }

    private static IEnumerable<string> GetKnownNames(CatalogSnapshot catalog, string brand, UnmatchedKind kind)
    {
        bool IsOfBrand(string campaign) => catalog.FindCampaign(campaign)!.Brand == brand;
        var links = catalog.Items<LinkItem>().Where(link => IsOfBrand(link.CampaignId));
        return kind switch
        {
            UnmatchedKind.Code => catalog.Items<CodeItem>().Where(code => IsOfBrand(code.CampaignId))
                .Select(code => TextNormalizer.Code(code.Code)),
            UnmatchedKind.Link => links.Select(link => link.Slug),
            UnmatchedKind.Utm => catalog.Items<UtmRuleItem>().Where(rule => IsOfBrand(rule.CampaignId))
                .Select(rule => rule.Match)
                .Concat(links.Select(link => link.Utm).OfType<UtmItem>())
                .Select(match => UnmatchedNames.NameOf(
                    new Utm(match.Source, match.Medium, match.Campaign, match.Content, match.Term, match.Id)))
                .Where(name => name.Length > 0),
            UnmatchedKind.Rate => [],
            UnmatchedKind.Referral => catalog.Items<PublisherItem>().Where(publisher => IsOfBrand(publisher.CampaignId))
                .Select(publisher => new ReferralClaim(
                    "", publisher.Provider, publisher.PublisherId, publisher.ProviderCampaignId, publisher.SubId).Name!),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
        };
    }
}

/// <summary>A page of names that matched nothing.</summary>
/// <param name="Items">Names, most frequent first.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record UnmatchedAnswer(IReadOnlyList<UnmatchedItem> Items, string? Cursor);

/// <summary>A name that matched nothing.</summary>
/// <param name="Kind"><c>code</c>, <c>link</c>, <c>utm</c>, <c>rate</c> or <c>referral</c>.</param>
/// <param name="Name">
/// Name in the form used for matching: a normalized code, a slug, UTM parameters as <c>source=…&amp;campaign=…</c>, or
/// the currency without an exchange rate, or a claim as <c>provider/publisher</c> or by its parameters.
/// </param>
/// <param name="Count">Number of orders, clicks, visits, waiting amounts or claims with the name.</param>
/// <param name="FirstSeen">First local day.</param>
/// <param name="LastSeen">Last local day.</param>
/// <param name="Nearest">Up to three similar known names of the kind, most similar first.</param>
internal sealed record UnmatchedItem(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<UnmatchedKind>))] UnmatchedKind Kind, string Name,
    long Count, DateOnly FirstSeen, DateOnly LastSeen,
    IReadOnlyList<string> Nearest);
