using System.Diagnostics.CodeAnalysis;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The days, brand, campaign and creator of a query, validated against the catalog.</summary>
/// <param name="Brand">The brand; <c>default</c> if the query names none.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Campaign">Restricts the query to this campaign; null for all campaigns.</param>
/// <param name="Creator">Restricts the query to this creator; null for all creators.</param>
internal sealed record QueryScope(BrandSettings Brand, DateOnly From, DateOnly To, string? Campaign, string? Creator)
{
    /// <summary>Maximum number of days of one query: three years.</summary>
    public const int MaxDays = 1_096;

    private const int MaxShownIdLength = 80;

    /// <summary>
    /// Reads the parameters <c>from</c>, <c>to</c>, <c>brand</c>, <c>campaign</c> and <c>creator</c>.
    /// </summary>
    public static QueryResult<QueryScope> Parse(IQueryCollection query, CatalogSnapshot catalog)
    {
        if (!Rfc3339.TryParseDay(Text("from"), out var from)) return DescribeBadDay("from", "first", "2026-03-01");
        if (!Rfc3339.TryParseDay(Text("to"), out var to)) return DescribeBadDay("to", "last", "2026-03-31");
        if (to < from) return QueryProblem.BadParameter("to", $"Lies before from ({from:O})");
        if (to.DayNumber - from.DayNumber >= MaxDays)
            return QueryProblem.BadParameter("to", $"The maximum is {MaxDays} days. Split the period");
        if (to == DateOnly.MaxValue) return QueryProblem.BadParameter("to", "The day is out of range");

        if (!FindBrand(Text("brand"), catalog).TryGet(out var brand, out var problem)) return problem;
        var campaign = Text("campaign");
        if (campaign is not null && catalog.FindCampaign(campaign) is null)
            return QueryProblem.BadParameter("campaign", DescribeUnknown<CampaignItem>(catalog, "campaign", campaign));
        if (campaign is not null && catalog.FindCampaign(campaign)!.Brand is var owner && owner != brand.Id)
            return QueryProblem.BadParameter("campaign", $"Belongs to the brand '{owner}'. Add brand={owner}");
        var creator = Text("creator");
        if (creator is not null && !catalog.HasCreator(creator))
            return QueryProblem.BadParameter("creator", DescribeUnknown<CreatorItem>(catalog, "creator", creator));
        return new QueryScope(brand, from, to, campaign, creator);

        string? Text(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;

        QueryProblem DescribeBadDay(string name, string which, string example) => QueryProblem.BadParameter(
            name,
            Text(name) is { Length: > 0 } text
                ? $"'{(text.Length > MaxShownIdLength ? text[..MaxShownIdLength] + "…" : text)}' is not a day. "
                    + $"Write the {which} local day (inclusive) like {example}"
                : $"Required: the {which} local day (inclusive), for example {example}");
    }

    /// <summary>Returns the scope of a query for rollups.</summary>
    public static QueryScope FromRollups(RollupQuery query) => new(query.Brand, query.From, query.To, query.Campaign, query.Creator);

    /// <summary>Returns true if the scope contains credit of a placement; null stands for no placement.</summary>
    public bool Includes(Placement? placement) =>
        (Campaign is null || placement?.Campaign == Campaign) && (Creator is null || placement?.Creator == Creator);

    /// <summary>Finds the brand of a query.</summary>
    /// <param name="id">Id of the brand; null for <c>default</c>.</param>
    /// <param name="catalog">The catalog.</param>
    public static QueryResult<BrandSettings> FindBrand(string? id, CatalogSnapshot catalog)
    {
        id ??= BrandSettings.DefaultId;
        return catalog.FindBrand(id) is { } brand ? brand
            : QueryProblem.BadParameter("brand", DescribeUnknown<BrandItem>(catalog, "brand", id));
    }

    private static string DescribeUnknown<TItem>(CatalogSnapshot catalog, string noun, string id)
        where TItem : ICatalogItem =>
        id.Length > MaxShownIdLength
            ? $"There is no {noun} '{id[..MaxShownIdLength]}…'"
            : $"There is no {noun} '{id}'{SimilarNames.Suggest(id, catalog.Items<TItem>().Select(item => item.Id))}";
}

/// <summary>
/// The answer to a query or command, or the problem that prevents it. Exactly one of them is not null.
/// </summary>
/// <param name="Value">The answer.</param>
/// <param name="Problem">The problem.</param>
internal readonly record struct QueryResult<T>(T? Value, QueryProblem? Problem) where T : class
{
    public static implicit operator QueryResult<T>(T value) => new(value, null);

    public static implicit operator QueryResult<T>(QueryProblem problem) => new(null, problem);

    /// <summary>Gets the answer; returns false and the problem if there is none.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out QueryProblem? problem)
    {
        (value, problem) = (Value, Problem);
        return value is not null;
    }
}
