using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Pages;

/// <summary>What a page is about, all of it in its address, so that every view is a link: brand, days, model, view, filters. And how it writes numbers.</summary>
internal sealed class PageScope
{
    private const int DefaultDays = 30;

    private readonly Dictionary<string, string> given;

    private PageScope(RollupQuery query, CatalogSnapshot catalog, DateOnly today, CultureInfo culture, string path, Dictionary<string, string> given) =>
        (Query, Catalog, Today, Culture, Path, this.given) = (query, catalog, today, culture, path, given);

    /// <summary>Parameters that every page takes and hands on.</summary>
    public static readonly string[] SharedParameters = ["brand", "from", "to", "model", "view"];

    /// <summary>The question to the rollups that the address asks.</summary>
    public RollupQuery Query { get; }

    public CatalogSnapshot Catalog { get; }

    public BrandSettings Brand => Query.Brand;

    /// <summary>The brand's local day of now.</summary>
    public DateOnly Today { get; }

    /// <summary>How the reader writes numbers and days.</summary>
    public CultureInfo Culture { get; }

    /// <summary>The path of the page's address.</summary>
    public string Path { get; }

    /// <summary>As many days, just before.</summary>
    public RollupQuery PreviousPeriod => Query with { From = Query.From.AddDays(Query.From.DayNumber - Query.To.DayNumber - 1), To = Query.From.AddDays(-1) };

    /// <summary>Reads an address. Defaults to the last 30 days of the default brand.</summary>
    public static QueryResult<PageScope> Parse(HttpRequest request, CatalogSnapshot catalog, Timestamp now)
    {
        var given = request.Query.Where(pair => !StringValues.IsNullOrEmpty(pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (!QueryScope.FindBrand(given.GetValueOrDefault("brand"), catalog).TryGet(out var brand, out var problem)) return problem;
        var today = brand.Calendar.DayOf(now);
        var asked = given.Where(pair => SharedParameters.Contains(pair.Key)).ToDictionary();
        var last = asked.TryGetValue("to", out var to) && Rfc3339.TryParseDay(to, out var lastDay) ? lastDay : today;
        asked.TryAdd("to", ToIsoDay(today));
        asked.TryAdd("from", ToIsoDay(last.AddDays(1 - DefaultDays)));
        var parameters = new QueryCollection(asked.ToDictionary(pair => pair.Key, pair => new StringValues(pair.Value)));
        if (!RollupQuery.Parse(parameters, catalog, now).TryGet(out var query, out problem)) return problem;
        if (query.AllModels) return QueryProblem.BadParameter("model", "A page shows a single model; the pages of creators and campaigns compare all models");
        return new PageScope(query, catalog, today, DetectCulture(request), request.Path, given);
    }

    /// <summary>The model that is shown.</summary>
    public Model Model => Query.Models[0];

    /// <summary>The view that is shown, by its name.</summary>
    public string ViewName => Query.View == RollupView.Cash ? "cash" : "cohort";

    /// <summary>A parameter of the address; null when absent or empty.</summary>
    public string? GetParameter(string name) => given.GetValueOrDefault(name);

    /// <summary>An address of this brand, these days, this model and view.</summary>
    public string LinkTo(string path, params (string Name, string? Value)[] more)
    {
        var parameters = SharedParameters.Where(given.ContainsKey).ToDictionary(name => name, name => (string?)given[name], StringComparer.Ordinal);
        foreach (var (name, value) in more) parameters[name] = value;
        return QueryHelpers.AddQueryString(path, parameters.Where(pair => pair.Value is not null));
    }

    /// <summary>The API's address of the rows shown, or their CSV.</summary>
    public string RollupsApiLink(string groupBy, bool csv = false, string? creator = null, string? campaign = null, string? model = null, (DateOnly From, DateOnly To)? days = null) => QueryHelpers.AddQueryString(
        "/v1/rollups/daily",
        new Dictionary<string, string?>
        {
            ["from"] = ToIsoDay(days?.From ?? Query.From), ["to"] = ToIsoDay(days?.To ?? Query.To), ["brand"] = Brand.Id, ["groupBy"] = groupBy, ["model"] = model ?? ModelNames.NameOf(Model),
            ["view"] = ViewName, ["creator"] = creator, ["campaign"] = campaign, ["format"] = csv ? "csv" : null,
        }.Where(pair => pair.Value is not null));

    /// <summary>The address of another question to the API, of the brand and days shown.</summary>
    public string ApiLink(string path, params (string Name, string? Value)[] more) => QueryHelpers.AddQueryString(
        path, new[] { ("from", ToIsoDay(Query.From)), ("to", ToIsoDay(Query.To)), ("brand", Brand.Id) }.Concat(more.Where(each => each.Value is not null).Select(each => (each.Name, each.Value!)))
            .Select(each => KeyValuePair.Create(each.Item1, (string?)each.Item2)));

    /// <summary>A creator's name; the id where the catalog holds none.</summary>
    public string GetCreatorName(string id) => FindItem<CreatorItem>(CatalogKind.Creators, id)?.Name ?? id;

    /// <summary>A campaign's name; the id where the catalog holds none.</summary>
    public string GetCampaignName(string id) => FindItem<CampaignItem>(CatalogKind.Campaigns, id)?.Name ?? id;

    /// <summary>An item of the catalog; null where there is none.</summary>
    public T? FindItem<T>(CatalogKind kind, string id) where T : class, ICatalogItem => Catalog.Contents.Items.GetValueOrDefault(new(kind, id)) as T;

    /// <summary>Formats a number with the decimals of its scale; a dash for null.</summary>
    public string FormatNumber(decimal? number) => number is { } known ? known.ToString(string.Create(CultureInfo.InvariantCulture, $"N{known.Scale}"), Culture) : "–";

    /// <summary>Formats an amount with the decimals of its currency; a dash for null.</summary>
    public string FormatNumber(Money? amount) => FormatNumber(amount?.Major);

    /// <summary>Formats a ratio with all of its decimals; a dash for null.</summary>
    public string FormatNumber(Ratio? ratio) => FormatNumber(ratio?.Value);

    /// <summary>Formats a count.</summary>
    public string FormatNumber(long number) => number.ToString("N0", Culture);

    /// <summary>Formats a share without trailing zeros.</summary>
    public string FormatShare(Share share) => share.Value.ToString("#,0.######", Culture);

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string FormatPercent(decimal? percent) => percent is null ? "–" : FormatNumber(percent) + "\u00A0%";

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string FormatPercent(Ratio? percent) => FormatPercent(percent?.Value);

    /// <summary>Formats a rate such as 0.0412 as a percentage; a dash for null.</summary>
    public string FormatRate(decimal? rate) => rate is { } known ? (known * 100).ToString("N2", Culture) + "\u00A0%" : "–";

    /// <summary>Formats a rate such as 0.0412 as a percentage; a dash for null.</summary>
    public string FormatRate(Ratio? rate) => FormatRate(rate?.Value);

    /// <summary>A word of a closed list, as the API writes it.</summary>
    public static string ToSnakeCase<T>(T word) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());

    /// <summary>A local day.</summary>
    public string FormatDay(DateOnly day) => day.ToString("d", Culture);

    /// <summary>An instant of the API's, on the brand's clock.</summary>
    public string FormatTime(string instant) =>
        Rfc3339.TryParse(instant, out var at) ? Brand.Calendar.LocalTimeAt(at).ToString("g", Culture) : instant;

    /// <summary>The brand's local day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => Brand.Calendar.DayOf(Timestamp.From(instant));

    /// <summary>A day as addresses write it.</summary>
    public static string ToIsoDay(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The first language of the reader's that has a country or a way with numbers of its own.</summary>
    private static CultureInfo DetectCulture(HttpRequest request)
    {
        foreach (var language in request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1))
        {
            try
            {
                if (language.Value.Value is { Length: > 1 } name && name[0] != '*') return CultureInfo.CreateSpecificCulture(name);
            }
            catch (CultureNotFoundException)
            {
                // The reader's next language, then.
            }
        }

        return CultureInfo.GetCultureInfo("en-GB");
    }
}
