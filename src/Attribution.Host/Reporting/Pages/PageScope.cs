using System.Globalization;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Host.Reporting.Queries.Values;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Scope of a page: brand, days, model, view and filters. The address contains all of it, so that every page can be
/// linked.
/// </summary>
internal sealed class PageScope
{
    private const int DefaultDays = 30;

    private readonly Dictionary<string, string> parameters;

    private PageScope(
        RollupQuery query,
        CatalogSnapshot catalog,
        DateOnly today,
        CultureInfo culture,
        string path,
        Dictionary<string, string> parameters)
    {
        (Query, Catalog, Today, Culture, Path) = (query, catalog, today, culture, path);
        this.parameters = parameters;
        Format = new PageFormat(culture, query.Brand);
    }

    /// <summary>The parameters that every page accepts and that its links keep.</summary>
    public static readonly string[] SharedParameters = ["brand", "from", "to", "model", "view", "against"];

    /// <summary>Value of the parameter <c>against</c> that compares with the same days of the year before.</summary>
    public const string YearBefore = "year";

    /// <summary>Gets the query for rollups that the address describes.</summary>
    public RollupQuery Query { get; }

    public CatalogSnapshot Catalog { get; }

    public BrandSettings Brand => Query.Brand;

    /// <summary>Gets the brand's current local day.</summary>
    public DateOnly Today { get; }

    /// <summary>Gets the reader's culture for numbers and days.</summary>
    public CultureInfo Culture { get; }

    /// <summary>Gets the formatter of numbers, days and times.</summary>
    public PageFormat Format { get; }

    /// <summary>Gets the path of the page's address.</summary>
    public string Path { get; }

    /// <summary>
    /// Gets a value indicating whether the page compares with the same days of the year before, instead of the period of
    /// the same length that ends on the day before the first day.
    /// </summary>
    public bool ComparesWithYearBefore => GetParameter("against") == YearBefore;

    /// <summary>Gets the query for the period that the page compares with.</summary>
    public RollupQuery ComparedPeriod => ComparesWithYearBefore
        ? Query with { From = YearBeforeDay(Query.From), To = YearBeforeDay(Query.To) }
        : Query with
        {
            From = DateOnly.FromDayNumber(Math.Max(0, 2 * Query.From.DayNumber - Query.To.DayNumber - 1)),
            To = DateOnly.FromDayNumber(Math.Max(0, Query.From.DayNumber - 1)),
        };

    /// <summary>Gets the periods that the page offers as links.</summary>
    public IReadOnlyList<(string Name, DateOnly From, DateOnly To)> Presets
    {
        get
        {
            var month = new DateOnly(Today.Year, Today.Month, 1);
            return
            [
                ("Today", Today, Today), ("Yesterday", Today.AddDays(-1), Today.AddDays(-1)),
                ("7 days", Today.AddDays(-6), Today), ("30 days", Today.AddDays(1 - DefaultDays), Today),
                ("90 days", Today.AddDays(-89), Today), ("This month", month, Today),
                ("Last month", month.AddMonths(-1), month.AddDays(-1)),
                ("Quarter", month.AddMonths(-((Today.Month - 1) % 3)), Today),
                ("Year", new(Today.Year, 1, 1), Today),
            ];
        }
    }

    /// <summary>
    /// Reads the scope from an address. Without parameters it is the last 30 days of the default brand.
    /// </summary>
    public static QueryResult<PageScope> Parse(HttpRequest request, CatalogSnapshot catalog, Timestamp now)
    {
        var parameters = request.Query
            .Where(pair => !StringValues.IsNullOrEmpty(pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        var requestedBrand = QueryScope.FindBrand(parameters.GetValueOrDefault("brand"), catalog);
        if (!requestedBrand.TryGet(out var brand, out var problem)) return problem;

        var today = brand.Calendar.DayOf(now);
        var shared = parameters.Where(pair => SharedParameters.Contains(pair.Key)).ToDictionary();
        var lastDay = shared.TryGetValue("to", out var to) && Rfc3339.TryParseDay(to, out var day) ? day : today;
        shared.TryAdd("to", PageFormat.IsoDay(today));
        shared.TryAdd("from", PageFormat.IsoDay(lastDay.AddDays(1 - DefaultDays)));
        var collection = new QueryCollection(shared.ToDictionary(pair => pair.Key, pair => new StringValues(pair.Value)));
        if (!RollupQuery.Parse(collection, catalog).TryGet(out var query, out problem)) return problem;
        if (shared.GetValueOrDefault("against") is { } against and not ("previous" or YearBefore))
            return QueryProblem.BadParameter("against", $"Must be previous or {YearBefore}, not '{against}'");
        if (query.AllModels)
        {
            return QueryProblem.BadParameter(
                "model", "A page shows one model. The page of a creator or campaign compares all models.");
        }

        return new PageScope(query, catalog, today, PageFormat.DetectCulture(request), request.Path, parameters);
    }

    /// <summary>Gets the model of the page.</summary>
    public Model Model => Query.Models[0];

    /// <summary>Gets the name of the view of the page.</summary>
    public string ViewName => Query.View == RollupView.Cash ? "cash" : "cohort";

    /// <summary>Returns a parameter of the address; null if it is absent or empty.</summary>
    public string? GetParameter(string name) => parameters.GetValueOrDefault(name);

    /// <summary>Returns the address of this page with other values of some parameters. It leads to the first page of a list.</summary>
    public string LinkToSelf(params (string Name, string? Value)[] changed)
    {
        var query = parameters.Where(pair => pair.Key is not ("page" or "cursor" or "done" or "saved"))
            .ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal);
        foreach (var (name, value) in changed) query[name] = value;
        return AddQuery(Path, query.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    /// <summary>Returns the address of another page with the same brand, days, model and view.</summary>
    public string LinkTo(string path, params (string Name, string? Value)[] more)
    {
        var query = SharedParameters.Where(parameters.ContainsKey)
            .ToDictionary(name => name, name => (string?)parameters[name], StringComparer.Ordinal);
        foreach (var (name, value) in more) query[name] = value;
        return AddQuery(path, query);
    }

    /// <summary>Returns the address of the page of an order or conversion.</summary>
    public string LinkToOrder(string id) =>
        // Clients remove . and .. from paths, and servers refuse a zero character there.
        id is "." or ".." || id.Contains('\0', StringComparison.Ordinal)
            ? LinkTo("/orders/-", ("id", id)) : LinkTo($"/orders/{Uri.EscapeDataString(id)}");

    /// <summary>Returns the address of the API for the rows of the page, as JSON or CSV.</summary>
    public string RollupsApiLink(
        string groupBy,
        bool csv = false,
        string? creator = null,
        string? campaign = null,
        string? model = null,
        (DateOnly From, DateOnly To)? days = null) =>
        AddQuery("/v1/rollups/daily", new Dictionary<string, string?>
        {
            ["from"] = PageFormat.IsoDay(days?.From ?? Query.From),
            ["to"] = PageFormat.IsoDay(days?.To ?? Query.To),
            ["brand"] = Brand.Id,
            ["groupBy"] = groupBy,
            ["model"] = model ?? ModelNames.NameOf(Model),
            ["view"] = ViewName,
            ["creator"] = creator,
            ["campaign"] = campaign,
            ["format"] = csv ? "csv" : null,
        });

    /// <summary>Returns the address of another resource of the API, with the brand and days of the page.</summary>
    public string ApiLink(string path, params (string Name, string? Value)[] more)
    {
        var query = new List<KeyValuePair<string, string?>>
        {
            new("from", PageFormat.IsoDay(Query.From)), new("to", PageFormat.IsoDay(Query.To)), new("brand", Brand.Id),
        };
        query.AddRange(more.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
        return AddQuery(path, query);
    }

    /// <summary>Returns a creator's name; the id if the catalog does not contain the creator.</summary>
    public string GetCreatorName(string id) => FindItem<CreatorItem>(CatalogKind.Creators, id)?.Name ?? id;

    /// <summary>Returns a campaign's name; the id if the catalog does not contain the campaign.</summary>
    public string GetCampaignName(string id) => FindItem<CampaignItem>(CatalogKind.Campaigns, id)?.Name ?? id;

    /// <summary>Returns the brand's name; the id if the catalog does not contain the brand.</summary>
    public string GetBrandName() => FindItem<BrandItem>(CatalogKind.Brands, Brand.Id)?.Name ?? Brand.Id;

    /// <summary>Returns an item of the catalog; null if there is none with this id.</summary>
    public T? FindItem<T>(CatalogKind kind, string id) where T : class, ICatalogItem =>
        Catalog.Contents.Items.GetValueOrDefault(new(kind, id)) as T;

    /// <summary>Returns the brand's local day of an instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => Brand.Calendar.DayOf(Timestamp.From(instant));

    private static DateOnly YearBeforeDay(DateOnly day) => day.Year > 1 ? day.AddYears(-1) : day;

    private static string AddQuery(string path, IEnumerable<KeyValuePair<string, string?>> query) =>
        QueryHelpers.AddQueryString(path, query.Where(parameter => parameter.Value is not null));
}

/// <summary>Formatter of numbers, days and times on pages, in the reader's culture and the brand's time zone.</summary>
internal sealed class PageFormat(CultureInfo culture, BrandSettings brand)
{
    /// <summary>The text of an absent value.</summary>
    public const string Absent = "–";

    private const string Space = "\u00A0";

    private const string PercentSign = Space + "%";

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("day", TimeSpan.FromDays(1)), ("hour", TimeSpan.FromHours(1)), ("minute", TimeSpan.FromMinutes(1)),
        ("second", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Formats a number with the decimals of its scale; a dash for null.</summary>
    public string Number(decimal? number) => number is { } value
        ? value.ToString(string.Create(CultureInfo.InvariantCulture, $"N{value.Scale}"), culture)
        : Absent;

    /// <summary>Formats an amount with the decimals of its currency; a dash for null.</summary>
    public string Number(Money? amount) => Number(amount?.Major);

    /// <summary>Formats an amount of the brand's currency with its code; a dash for null.</summary>
    public string Amount(decimal? amount) => amount is null ? Absent : $"{Number(amount)} {brand.Currency.Code}";

    /// <summary>Formats an amount with the code of its currency; a dash for null.</summary>
    public string Amount(Money? amount) =>
        amount is { } money ? $"{Number(money)} {money.Currency.Code}" : Absent;

    /// <summary>Formats a ratio with all of its decimals; a dash for null.</summary>
    public string Number(Ratio? ratio) => Number(ratio?.Value);

    /// <summary>Formats a count.</summary>
    public string Number(long number) => number.ToString("N0", culture);

    /// <summary>Formats a sum of counters.</summary>
    public string Number(Int128 number) => number.ToString("N0", culture);

    /// <summary>Formats a share without trailing zeros.</summary>
    public string Share(Share share) => share.Value.ToString("#,0.######", culture);

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string Percent(decimal? percent) => percent is null ? Absent : Number(percent) + PercentSign;

    /// <summary>Formats a percentage; a dash for null.</summary>
    public string Percent(Ratio? percent) => Percent(percent?.Value);

    /// <summary>Formats a rate, for example 0.0412, as a percentage; a dash for null.</summary>
    public string Rate(decimal? rate) =>
        rate is { } value ? (value * 100).ToString("N2", culture) + PercentSign : Absent;

    /// <summary>Formats a rate, for example 0.0412, as a percentage; a dash for null.</summary>
    public string Rate(Ratio? rate) => Rate(rate?.Value);

    /// <summary>Formats the bounds of an interval of a percentage.</summary>
    public string PercentInterval(RollupInterval interval) =>
        $"{Number(interval.Low)}{Space}to{Space}{Percent(interval.High)}";

    /// <summary>Formats the bounds of an interval of a rate.</summary>
    public string RateInterval(RollupInterval interval) =>
        $"{Rate(interval.Low)[..^PercentSign.Length]}{Space}to{Space}{Rate(interval.High)}";

    /// <summary>Formats a local day.</summary>
    public string Day(DateOnly day) => day.ToString("d", culture);

    /// <summary>Formats a local day without its year, for example 2 Mar.</summary>
    public string ShortDay(DateOnly day) => day.ToString(
        culture.DateTimeFormat.MonthDayPattern.Replace("MMMM", "MMM", StringComparison.Ordinal), culture);

    /// <summary>Formats an ISO 8601 duration as text, for example 21 days, or 1 hour 30 minutes.</summary>
    public string Duration(string iso)
    {
        if (!IsoDuration.TryParse(iso, out var left)) return iso;
        var parts = new List<string>();
        foreach (var (unit, length) in Units)
        {
            var count = (long)(left / length);
            left -= count * length;
            if (count > 0) parts.Add($"{Number(count)} {unit}{(count == 1 ? "" : "s")}");
        }

        return parts.Count == 0 ? "0 seconds" : string.Join(' ', parts);
    }

    /// <summary>Formats a month with its name, for example March 2026.</summary>
    public string Month(DateOnly month) => month.ToString("MMMM yyyy", culture);

    /// <summary>Returns a month such as <c>2026-10</c> as text; the text itself if it is no month.</summary>
    public string Month(string month) => PayoutStatementService.TryParseMonth(month, out var first) ? Month(first) : month;

    /// <summary>Formats an instant of the API as local time of the brand.</summary>
    public string Time(string instant) =>
        Rfc3339.TryParse(instant, out var timestamp) ? Time(timestamp) : instant;

    /// <summary>Formats an instant as local time of the brand.</summary>
    public string Time(Timestamp instant) => brand.Calendar.LocalTimeAt(instant).ToString("g", culture);

    /// <summary>Formats a day as in addresses: 2026-03-01.</summary>
    public static string IsoDay(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Returns a value of an enumeration as text: <c>ClawBack</c> is claw back.</summary>
    public static string InWords<T>(T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()).Replace('_', ' ');

    /// <summary>Returns the words of a name of the API, with a capital letter: <c>code_first</c> is Code first.</summary>
    public static string Name(string name) => name switch
    {
        "j_shaped" => "J-shaped",
        "inverse_j" => "Inverse J",
        "position_based" => "Position-based",
        "markov" => "Markov chain",
        "shapley" => "Shapley value",
        "book" => "As booked",
        "" => "",
        _ => char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ').Replace('-', ' '),
    };

    /// <summary>Formats a value of a measure of the API in its unit, amounts without their currency; a dash for null.</summary>
    public string Measure(string measure, decimal? value) => FindRatio(measure)?.Unit switch
    {
        RatioUnit.Percent => Percent(value),
        RatioUnit.Share => Rate(value),
        _ => Number(value),
    };

    /// <summary>Returns the title of a measure of the API.</summary>
    public static string TitleOf(string measure) => FindRatio(measure)?.Title ?? Name(measure);

    private static RatioDefinition? FindRatio(string measure) => RatioDefinition.All.FirstOrDefault(ratio => ratio.Name == measure);

    /// <summary>Returns the name of a model.</summary>
    public static string Name(Model model) => Name(ModelNames.NameOf(model));

    /// <summary>
    /// Returns the culture of the most preferred accepted language that the system knows; British English if there is
    /// none.
    /// </summary>
    public static CultureInfo DetectCulture(HttpRequest request)
    {
        var languages = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1);
        foreach (var language in languages)
        {
            try
            {
                if (language.Value.Value is { Length: > 1 } name && name[0] != '*')
                    return CultureInfo.CreateSpecificCulture(name);
            }
            catch (CultureNotFoundException)
            {
                // Try the next language.
            }
        }

        return CultureInfo.GetCultureInfo("en-GB");
    }
}
