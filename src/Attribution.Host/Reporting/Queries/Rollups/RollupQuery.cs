using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Export;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>Where refunds stand, and the commission they take back.</summary>
internal enum RollupView
{
    /// <summary>On the order's day: what became of the orders of a day.</summary>
    Cohort,

    /// <summary>On the refund's day: what moved on a day.</summary>
    Cash,
}

/// <summary>What of a row's key is kept apart; what is not is added up.</summary>
/// <param name="Day">Rows by local day.</param>
/// <param name="Campaign">Rows by campaign.</param>
/// <param name="Creator">Rows by creator.</param>
internal sealed record RollupGrouping(bool Day, bool Campaign, bool Creator);

/// <summary>A question to the rollups, checked.</summary>
internal sealed record RollupQuery
{
    /// <summary>Every parameter there is.</summary>
    public static readonly string[] ParameterNames = ["from", "to", "brand", "campaign", "creator", "model", "groupBy", "view", "asOf", "format"];

    public required BrandSettings Brand { get; init; }

    /// <summary>The catalog it was checked against.</summary>
    public required CatalogSnapshot Catalog { get; init; }

    /// <summary>First local day, inside.</summary>
    public required DateOnly From { get; init; }

    /// <summary>Last local day, inside.</summary>
    public required DateOnly To { get; init; }

    /// <summary>Rows of this campaign only; null: of all.</summary>
    public string? Campaign { get; init; }

    /// <summary>Rows of this creator only; null: of all.</summary>
    public string? Creator { get; init; }

    /// <summary>The models asked for, by name.</summary>
    public required IReadOnlyList<Model> Models { get; init; }

    /// <summary>Whether every model was asked for.</summary>
    public bool AllModels { get; init; }

    public required RollupGrouping GroupBy { get; init; }

    public RollupView View { get; init; }

    /// <summary>The instant that the answer is as of; null: as it stands.</summary>
    public Timestamp? AsOf { get; init; }

    public bool Csv { get; init; }

    /// <summary>
    /// The first day that a fit credited at the instant asked for; days before it have no numbers under the fitted models. Null: no fit had
    /// been made.
    /// </summary>
    public DateOnly? FittedFrom { get; init; }

    /// <summary>What the store is asked: as much kept apart as the rows need, and no more.</summary>
    public RollupSumQuery Question => new()
    {
        Grain = Creator is not null || (GroupBy.Day && GroupBy.Creator) ? RollupGrain.Placements : GroupBy.Creator ? RollupGrain.Periods : RollupGrain.Campaigns,
        From = From, To = To, Campaign = Campaign, Creator = Creator,
        // What is told of the brand as a whole is told under a model that needs no fit.
        Models = Models.Append(Model.LastTouch).Aggregate(0, (models, model) => models | 1 << (int)model),
        // Days before it have no numbers under the fitted models.
        SplitDay = GroupBy.Creator && !GroupBy.Day && Creator is null && Models.Any(model => model.IsFitted()) ? FittedFrom : null,
    };

    /// <summary>Whether the answer may be as long as there are rollups, so that it is not to be held as a whole.</summary>
    public bool RequiresStreaming => GroupBy.Day && GroupBy.Creator && Creator is null;

    /// <summary>Reads the parameters. Exactly one of the answers is not null.</summary>
    public static (RollupQuery? Query, IResult? Fault) Parse(HttpRequest request, CatalogSnapshot catalog, Timestamp now)
    {
        if (!CsvFormat.TryReadFormat(request, out var csv, out var fault)) return (null, fault);
        var (query, other) = Parse(request.Query, catalog, now);
        return (query is null ? null : query with { Csv = csv }, other);
    }

    /// <summary>Reads the parameters but the format. Exactly one of the answers is not null.</summary>
    public static (RollupQuery? Query, IResult? Fault) Parse(IQueryCollection query, CatalogSnapshot catalog, Timestamp now)
    {
        var (scope, fault) = QueryScope.Parse(query, catalog);
        if (scope is null) return (null, fault);
        var brand = scope.Brand;

        var model = Text("model");
        var models = model switch
        {
            null => [brand.ReportedModel],
            "all" => ModelNames.Served,
            _ => ModelNames.TryParse(model, out var named) && ModelNames.Reported.Contains(named) ? [named] : Array.Empty<Model>() as IReadOnlyList<Model>,
        };
        if (models.Count == 0) return BadParameter("model", $"'{model}' is not served; served: all, {string.Join(", ", ModelNames.Reported.Select(ModelNames.NameOf))}");
        if (ParseGrouping(Text("groupBy")) is not { } grouping) return BadParameter("groupBy", "A list of day, campaign, creator, each at most once, such as campaign,creator");
        var view = Text("view");
        if (view is not (null or "cohort" or "cash")) return BadParameter("view", "cohort (refunds on the order's day) or cash (on the refund's)");
        Timestamp? asOf = null;
        if (Text("asOf") is { } given)
        {
            if (!Rfc3339.TryParse(given, out var instant)) return BadParameter("asOf", "An RFC 3339 time with its offset such as 2026-03-10T00:00:00Z; a plus sign is written %2B");
            if (instant > now) return BadParameter("asOf", $"Lies in the future; it is {now}");
            asOf = instant;
        }

        return (new RollupQuery
        {
            Brand = brand, Catalog = catalog, From = scope.From, To = scope.To, Campaign = scope.Campaign, Creator = scope.Creator, AllModels = model == "all", GroupBy = grouping,
            Models = [.. models.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)],
            View = view == "cash" ? RollupView.Cash : RollupView.Cohort,
            AsOf = asOf,
            FittedFrom = catalog.FitsOf(brand.Id) is [var first, ..] && !(first.FittedAt > asOf) ? first.From : null,
        }, null);

        string? Text(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    private static (RollupQuery?, IResult?) BadParameter(string parameter, string detail) => (null, ApiProblems.BadParameter(parameter, detail));

    /// <summary>Reads what is kept apart; all three where the text is null; null where it is none.</summary>
    public static RollupGrouping? ParseGrouping(string? text)
    {
        if (text is null) return new(true, true, true);
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Distinct().Count() == names.Length && names.All(name => name is "day" or "campaign" or "creator")
            ? new(names.Contains("day"), names.Contains("campaign"), names.Contains("creator"))
            : null;
    }
}
