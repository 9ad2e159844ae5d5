using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Hosting;

namespace Attribution.Host.Report.Rollups;

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
    /// <summary>Most days of one question: three years.</summary>
    public const int MostDays = 1_096;

    /// <summary>Every parameter there is.</summary>
    public static readonly string[] Parameters = ["from", "to", "brand", "campaign", "creator", "model", "groupBy", "view", "asOf", "format"];

    public required BrandSettings Brand { get; init; }

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

    /// <summary>Reads the parameters. Exactly one of the answers is not null.</summary>
    public static (RollupQuery? Query, IResult? Fault) Read(HttpRequest request, Core.Catalog.Catalog catalog, Timestamp now)
    {
        var query = request.Query;
        if (!Rfc3339.TryParseDay(Text("from"), out var from)) return Bad("from", "Is needed: the first local day, inside, such as 2026-03-01");
        if (!Rfc3339.TryParseDay(Text("to"), out var to)) return Bad("to", "Is needed: the last local day, inside, such as 2026-03-31");
        if (to < from) return Bad("to", $"Lies before from ({from:O})");
        if (to.DayNumber - from.DayNumber >= MostDays) return Bad("to", $"At most {MostDays} days at once; ask in parts");
        if (to == DateOnly.MaxValue) return Bad("to", "No day follows it");

        var brandId = Text("brand") ?? "default";
        if (catalog.Brand(brandId) is not { } brand) return Bad("brand", Unknown<BrandItem>(catalog, "brand", brandId));
        var campaign = Text("campaign");
        if (campaign is not null && catalog.Campaign(campaign) is not { } settings) return Bad("campaign", Unknown<CampaignItem>(catalog, "campaign", campaign));
        else if (campaign is not null && catalog.Campaign(campaign)!.Brand is var owner && owner != brandId) return Bad("campaign", $"Belongs to the brand '{owner}'; ask with brand={owner}");
        var creator = Text("creator");
        if (creator is not null && !catalog.Contents.Items.ContainsKey(new(CatalogKind.Creators, creator))) return Bad("creator", Unknown<CreatorItem>(catalog, "creator", creator));

        var model = Text("model");
        var models = model switch
        {
            null => [brand.ReportedModel],
            "all" => ModelNames.Served,
            _ => ModelNames.TryParse(model, out var named) && ModelNames.Reported.Contains(named) ? [named] : Array.Empty<Model>() as IReadOnlyList<Model>,
        };
        if (models.Count == 0) return Bad("model", $"'{model}' is not served; served: all, {string.Join(", ", ModelNames.Reported.Select(ModelNames.NameOf))}");
        if (ReadGrouping(Text("groupBy")) is not { } grouping) return Bad("groupBy", "A list of day, campaign, creator, each at most once, such as campaign,creator");
        var view = Text("view");
        if (view is not (null or "cohort" or "cash")) return Bad("view", "cohort (refunds on the order's day) or cash (on the refund's)");
        Timestamp? asOf = null;
        if (Text("asOf") is { } given)
        {
            if (!Rfc3339.TryParse(given, out var instant)) return Bad("asOf", "An RFC 3339 time with its offset such as 2026-03-10T00:00:00Z; a plus sign is written %2B");
            if (instant > now) return Bad("asOf", $"Lies in the future; it is {now}");
            asOf = instant;
        }
        var format = Text("format");
        if (format is not (null or "json" or "csv")) return Bad("format", "json or csv");

        return (new RollupQuery
        {
            Brand = brand, From = from, To = to, Campaign = campaign, Creator = creator, AllModels = model == "all", GroupBy = grouping,
            Models = [.. models.OrderBy(ModelNames.NameOf, StringComparer.Ordinal)],
            View = view == "cash" ? RollupView.Cash : RollupView.Cohort,
            AsOf = asOf,
            Csv = format is null ? WantsCsv(request) : format == "csv",
        }, null);

        string? Text(string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    private static (RollupQuery?, IResult?) Bad(string parameter, string detail) => (null, ReportProblems.BadParameter(parameter, detail));

    private static string Unknown<TItem>(Core.Catalog.Catalog catalog, string noun, string id) where TItem : ICatalogItem
    {
        var shown = id.Length <= 80 ? id : id[..80] + "…";
        return $"There is no {noun} '{shown}'{(id.Length <= 80 ? Nearest.Hint(id, catalog.Contents.Items.Values.OfType<TItem>().Select(item => item.Id)) : "")}";
    }

    private static RollupGrouping? ReadGrouping(string? text)
    {
        if (text is null) return new(true, true, true);
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Distinct().Count() == names.Length && names.All(name => name is "day" or "campaign" or "creator")
            ? new(names.Contains("day"), names.Contains("campaign"), names.Contains("creator"))
            : null;
    }

    private static bool WantsCsv(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .Select(type => type.MediaType.Value).FirstOrDefault(type => type is "text/csv" or "application/json" or "*/*") == "text/csv";
}
