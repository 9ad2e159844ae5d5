using System.ComponentModel;
using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>Codes, slugs, UTM parameters and currencies that the catalog knows nothing of, and what was probably meant.</summary>
internal static class UnmatchedEndpoint
{
    private const int MaxSuggestions = 3;

    public static void MapUnmatched(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/unmatched", async (
                [Description("The brand; default when absent.")] string? brand,
                [Description("code, link, utm or rate; all when absent.")] string? kind,
                [Description("Most names of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the first.")] string? cursor,
                [Description("json or csv (whole, without limit and cursor); by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, IRollupStore store, CancellationToken cancellation) =>
                !CsvFormat.TryReadFormat(http.Request, out var csv, out var fault) ? fault
                    : !csv ? await AnswerAsync(brand, kind, limit, cursor, source, store, cancellation)
                    : limit is not null || cursor is not null ? QueryParameters.PagingNotAllowed(limit)
                    : await WriteCsvAsync(http.Response, brand, kind, source, store, cancellation))
            .AllowQueryParameters("brand", "kind", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListUnmatched").WithSummary("Names that matched nothing in the catalog, most often given first, with the nearest known names.")
            .WithDescription("Counts stand in the rollups' rhythm. When the catalog learns a name, its events are evaluated anew and it goes from the list. A code known for another time counts here too, and is its own nearest name. Bots' touches are left out; a name is cut at 200 characters.")
            .Produces<UnmatchedAnswer>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer, or the problem.</summary>
    internal static async Task<IResult> AnswerAsync(
        string? brandId, string? kindName, string? limitText, string? cursor, CatalogCache source, IRollupStore store, CancellationToken cancellation)
    {
        var catalog = await source.RefreshAsync(cancellation);
        if (!QueryScope.TryFindBrand(brandId, catalog, out var brand, out var fault) || !QueryParameters.TryReadLimit(limitText, out var limit, out fault)
            || !QueryParameters.TryReadCursor(cursor, out var after, out fault))
            return fault;
        UnmatchedKind? kind = kindName switch { "code" => UnmatchedKind.Code, "link" => UnmatchedKind.Link, "utm" => UnmatchedKind.Utm, "rate" => UnmatchedKind.Rate, _ => null };
        if (kindName is not null && kind is null) return ApiProblems.BadParameter("kind", "code, link, utm or rate");

        try
        {
            var (names, next) = await store.ListUnmatchedAsync(brand.Id, kind, after.Length == 0 ? null : after, limit, cancellation);
            var known = new Dictionary<UnmatchedKind, IReadOnlyList<string>>();
            return Results.Json(
                new UnmatchedAnswer(
                    [.. names.Select(name => new UnmatchedItem(name.Kind, name.Name, name.Count, name.First, name.Last, [.. SimilarNames.FindAll(name.Name, Known(name.Kind)).Take(MaxSuggestions)]))],
                    next is null ? null : QueryParameters.EncodeCursor(next)),
                ReportJson.Options);

            IReadOnlyList<string> Known(UnmatchedKind of) => known.TryGetValue(of, out var all) ? all : known[of] = [.. GetKnownNames(catalog, brand.Id, of).Distinct(StringComparer.Ordinal)];
        }
        catch (ArgumentException)
        {
            return QueryParameters.UnknownCursor();
        }
    }

    private static async Task<IResult> WriteCsvAsync(HttpResponse response, string? brand, string? kind, CatalogCache source, IRollupStore store, CancellationToken cancellation)
    {
        var (items, cursor) = (new List<UnmatchedItem>(), (string?)null);
        do
        {
            var page = await AnswerAsync(brand, kind, $"{QueryParameters.MaxLimit}", cursor, source, store, cancellation);
            if (page is not IValueHttpResult { Value: UnmatchedAnswer answer }) return page;
            items.AddRange(answer.Items);
            cursor = answer.Cursor;
        }
        while (cursor is not null);
        return await CsvTable.WriteAsync(response, "unmatched.csv", items, cancellation);
    }

    private static IEnumerable<string> GetKnownNames(CatalogSnapshot catalog, string brand, UnmatchedKind kind)
    {
        bool IsOurs(string campaign) => catalog.FindCampaign(campaign)!.Brand == brand;
        var links = catalog.Items<LinkItem>().Where(link => IsOurs(link.CampaignId));
        return kind switch
        {
            UnmatchedKind.Code => catalog.Items<CodeItem>().Where(code => IsOurs(code.CampaignId)).Select(code => TextNormalizer.Code(code.Code)),
            UnmatchedKind.Link => links.Select(link => link.Slug),
            UnmatchedKind.Utm => catalog.Items<UtmRuleItem>().Where(rule => IsOurs(rule.CampaignId)).Select(rule => rule.Match)
                .Concat(links.Select(link => link.Utm).OfType<UtmItem>())
                .Select(match => UnmatchedNames.NameOf(new Utm(match.Source, match.Medium, match.Campaign, match.Content, match.Term, match.Id))).Where(name => name.Length > 0),
            UnmatchedKind.Rate => [],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
        };
    }
}

/// <summary>A page of names that matched nothing.</summary>
/// <param name="Items">Most often given first.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
internal sealed record UnmatchedAnswer(IReadOnlyList<UnmatchedItem> Items, string? Cursor);

/// <summary>A name that matched nothing.</summary>
/// <param name="Kind"><c>code</c>, <c>link</c>, <c>utm</c> or <c>rate</c>.</param>
/// <param name="Name">As it is matched: a code normalised, a slug, UTM parameters as <c>source=…&amp;campaign=…</c>, the currency that an exchange rate is missing for.</param>
/// <param name="Count">How often: in orders, clicks, visits or amounts that wait.</param>
/// <param name="FirstSeen">First local day.</param>
/// <param name="LastSeen">Last local day.</param>
/// <param name="Nearest">Up to three known names of the kind that are like it, nearest first.</param>
internal sealed record UnmatchedItem(
    [property: JsonConverter(typeof(SnakeCaseEnumConverter<UnmatchedKind>))] UnmatchedKind Kind, string Name, long Count, DateOnly FirstSeen, DateOnly LastSeen,
    IReadOnlyList<string> Nearest);
