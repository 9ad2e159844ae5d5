using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>A validated query of the rollups.</summary>
internal sealed record RollupQuery
{
    /// <summary>Names of the parameters of the daily rollups.</summary>
    public static readonly string[] ParameterNames =
        ["from", "to", "brand", "campaign", "creator", "model", "groupBy", "view", "asOf", "format", "options"];

    public required BrandSettings Brand { get; init; }

    /// <summary>Gets the catalog that the query was validated against.</summary>
    public required CatalogSnapshot Catalog { get; init; }

    /// <summary>Gets the first local day (inclusive).</summary>
    public required DateOnly From { get; init; }

    /// <summary>Gets the last local day (inclusive).</summary>
    public required DateOnly To { get; init; }

    /// <summary>Gets the campaign that rows are restricted to; null for all campaigns.</summary>
    public string? Campaign { get; init; }

    /// <summary>Gets the creator that rows are restricted to; null for all creators.</summary>
    public string? Creator { get; init; }

    /// <summary>Gets the requested models, ordered by name.</summary>
    public required IReadOnlyList<Model> Models { get; init; }

    /// <summary>Gets a value indicating whether no model was named, so that the brand's reported model applies.</summary>
    public bool IsDefaultModel { get; init; }

    /// <summary>Gets a value indicating whether every model was requested.</summary>
    public bool AllModels { get; init; }

    public required RollupGrouping GroupBy { get; init; }

    public RollupView View { get; init; }

    /// <summary>Gets the instant whose state is requested; null for the current state.</summary>
    public Timestamp? AsOf { get; init; }

    /// <summary>
    /// Gets the first day credited by a fit that existed at the requested instant. Fitted models have no numbers for
    /// earlier days. Null if no fit existed.
    /// </summary>
    public DateOnly? FittedFrom { get; init; }

    /// <summary>Gets the query for the store, which groups no finer than the rows need.</summary>
    public RollupSumQuery SumQuery => new()
    {
        Grain = Creator is not null || (GroupBy.Day && GroupBy.Creator) ? RollupGrain.Placements
            : GroupBy.Creator ? RollupGrain.Periods
            : RollupGrain.Campaigns,
        From = From, To = To, Campaign = Campaign, Creator = Creator,
        // The totals of the brand are reported under a model that needs no fit.
        Models = Models.Append(Model.LastTouch).Aggregate(0, (models, model) => models | 1 << (int)model),
        // Fitted models have no numbers for the days before.
        SplitDay = GroupBy.Creator && !GroupBy.Day && Creator is null && Models.Any(model => model.IsFitted())
            ? FittedFrom : null,
    };

    /// <summary>
    /// Gets a value indicating whether the answer may be as large as the rollups themselves and must not be held in
    /// memory.
    /// </summary>
    public bool RequiresStreaming => GroupBy.Day && GroupBy.Creator && Creator is null;

    /// <summary>
    /// Returns the query with the margins, the reported model and, for a current answer, the fits of another version of
    /// the catalog. The fits of an earlier time are known by their own times.
    /// </summary>
    public RollupQuery WithCatalog(CatalogSnapshot catalog) => this with
    {
        Catalog = catalog,
        FittedFrom = AsOf is null ? FindFittedFrom(catalog, Brand.Id, null) : FittedFrom,
        Models = IsDefaultModel && catalog.FindBrand(Brand.Id) is { } brand ? [brand.ReportedModel] : Models,
    };

    /// <summary>
    /// Returns the problem of an instant that is later than now and than the last change; null if there is none. The
    /// last change can have a time in the future if hosts' clocks differ.
    /// </summary>
    public QueryProblem? FindFutureInstant(Timestamp now, Timestamp? changedAt) => AsOf > now && !(AsOf <= changedAt)
        ? QueryProblem.BadParameter("asOf", $"Lies in the future. The current time is {now}")
        : null;

    /// <summary>Reads all parameters except <c>format</c>.</summary>
    public static QueryResult<RollupQuery> Parse(IQueryCollection query, CatalogSnapshot catalog)
    {
        if (!QueryScope.Parse(query, catalog).TryGet(out var scope, out var problem)) return problem;
        var brand = scope.Brand;
        var model = Text("model");
        if (ParseModels(model, brand) is not { } models)
            return QueryProblem.BadParameter(
                "model",
                $"Unknown model '{model}'. Known: all, {string.Join(", ", ModelNames.Reported.Select(ModelNames.NameOf))}");
        if (RollupGrouping.Parse(Text("groupBy")) is not { } grouping)
            return QueryProblem.BadParameter("groupBy", RollupGrouping.Format);
        var view = Text("view");
        if (view is not (null or "cohort" or "cash"))
            return QueryProblem.BadParameter(
                "view", "Must be cohort (refunds on the order's day) or cash (refunds on the refund's day)");
        Timestamp? asOf = null;
        if (Text("asOf") is { } asOfText)
        {
            if (!Rfc3339.TryParse(asOfText, out var instant))
                return QueryProblem.BadParameter(
                    "asOf", "Must be an RFC 3339 time with an offset, for example 2026-03-10T00:00:00Z. Encode a plus "
                    + "sign as %2B");
            asOf = instant;
        }

        return new RollupQuery
        {
            Brand = brand, Catalog = catalog, From = scope.From, To = scope.To, Campaign = scope.Campaign,
            Creator = scope.Creator,
            IsDefaultModel = model is null, AllModels = model == "all", GroupBy = grouping,
            Models = [.. models.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)],
            View = view == "cash" ? RollupView.Cash : RollupView.Cohort,
            AsOf = asOf,
            FittedFrom = FindFittedFrom(catalog, brand.Id, asOf),
        };

        string? Text(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    private static DateOnly? FindFittedFrom(CatalogSnapshot catalog, string brand, Timestamp? asOf) =>
        catalog.FitsOf(brand) is [var first, ..] && !(first.FittedAt > asOf) ? first.From : null;

    private static IReadOnlyList<Model>? ParseModels(string? text, BrandSettings brand) => text switch
    {
        null => [brand.ReportedModel],
        "all" => ModelNames.Served,
        _ => ModelNames.TryParse(text, out var model) && ModelNames.Reported.Contains(model) ? [model] : null,
    };
}

/// <summary>The day on which refunds, and the commission they reverse, are counted.</summary>
internal enum RollupView
{
    /// <summary>The order's day: shows the final result of each day's orders.</summary>
    Cohort,

    /// <summary>The refund's day: shows the movements of each day.</summary>
    Cash,
}

/// <summary>The parts of the key by which rows are grouped. Everything else is added up.</summary>
/// <param name="Day">Groups by local day.</param>
/// <param name="Campaign">Groups by campaign.</param>
/// <param name="Creator">Groups by creator.</param>
internal sealed record RollupGrouping(bool Day, bool Campaign, bool Creator)
{
    /// <summary>Describes the accepted texts.</summary>
    public const string Format =
        "Must be a list of day, campaign and creator, each at most once, for example campaign,creator";

    /// <summary>Reads a list of key parts.</summary>
    /// <param name="text">The list; null for all three parts, empty for none.</param>
    /// <returns>The grouping; null if the text is invalid.</returns>
    public static RollupGrouping? Parse(string? text)
    {
        if (text is null) return new(true, true, true);
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Distinct().Count() == names.Length && names.All(name => name is "day" or "campaign" or "creator")
            ? new(names.Contains("day"), names.Contains("campaign"), names.Contains("creator"))
            : null;
    }
}
