using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Pages.Components;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>What the page of creators shows: rows of the API, filtered, sorted, a page of them, and how the net of each of these went.</summary>
/// <param name="All">Every row.</param>
/// <param name="Rows">Those of the page.</param>
/// <param name="Count">How many there are after filtering.</param>
/// <param name="Page">Which page, from 1.</param>
/// <param name="Pages">How many pages.</param>
/// <param name="Sort">What they are sorted by; with a minus in front the other way round.</param>
/// <param name="ByFortnight">Whether trends are by fortnight, not by day.</param>
internal sealed record CreatorListModel(RollupAnswer All, IReadOnlyList<CreatorListRow> Rows, int Count, int Page, int Pages, string Sort, bool ByFortnight)
{
    /// <summary>Parameters of the page, beside those of every page.</summary>
    public static readonly string[] Parameters = ["q", "tier", "niche", "sort", "page"];

    /// <summary>What a filter says that wants creators without a tier.</summary>
    public const string NoTierFilter = "-";

    /// <summary>More days than these are drawn by fortnight: a line of 100 pixels has no more points than that to show.</summary>
    private const int MaxDailyTrendDays = 98;

    private const int PageSize = 50;

    /// <summary>The page that an address asks for.</summary>
    public static async Task<CreatorListModel> ReadAsync(PageContext page)
    {
        var (view, query, store) = (page.Scope, CreateQuery(page), page.GetService<IRollupStore>());
        var (all, placements, sort, found) = await FindAsync(page);
        var pages = Math.Max(1, (found.Count + PageSize - 1) / PageSize);
        var number = int.TryParse(view.GetParameter("page"), out var asked) ? Math.Clamp(asked, 1, pages) : 1;
        var lines = found.Skip((number - 1) * PageSize).Take(PageSize).ToList();

        var byFortnight = query.To.DayNumber - query.From.DayNumber >= MaxDailyTrendDays;
        var shown = lines.SelectMany(line => placements[line.Row.CreatorId!]).ToList();
        var trends = await store.ReadTrendsAsync(query.Brand.Id, shown, query.From, query.To, byFortnight, cell => RollupFigures.FromCell(cell, view.Model, query.View).Net, page.Cancellation);
        foreach (var (placement, trend) in shown.Zip(trends))
        {
            var line = lines.Single(line => line.Row.CreatorId == placement.Creator);
            line.Trend = line.Trend.Length == 0 ? trend : [.. line.Trend.Zip(trend, (a, b) => a + b)];
        }
        return new(all, lines, found.Count, number, pages, sort, byFortnight);
    }

    /// <summary>All that the filters leave, in the same order, as CSV.</summary>
    public static async Task<object> DownloadAsync(PageContext page)
    {
        var (_, _, _, found) = await FindAsync(page);
        var name = $"creators-{page.Scope.Query.From:O}-{page.Scope.Query.To:O}.csv";
        await CsvTable.WriteAsync(page.Http.Response, name, found.Select(line => new CreatorCsvRow(line.Name, line.Tier, line.Niche, line.Row)), page.Cancellation);
        return PageWritten.Instance;
    }

    private static RollupQuery CreateQuery(PageContext page) => page.Scope.Query with { GroupBy = new(Day: false, Campaign: false, Creator: true) };

    private static async Task<(RollupAnswer All, ILookup<string, Placement> Placements, string Sort, List<CreatorListRow> Found)> FindAsync(PageContext page)
    {
        var (view, query) = (page.Scope, CreateQuery(page));
        var reading = (await page.GetService<IRollupStore>().SumRollupsAsync(query.Brand.Id, [query.Question], asOf: null, page.Cancellation))[0];
        var cells = await reading.Cells.ToListAsync(page.Cancellation);
        var all = await RollupAnswer.CreateAsync(query, reading with { Cells = cells.ToAsyncEnumerable() }, page.Now, page.Cancellation);
        var standing = CreatorBenchmarks.FromBrand(view.FindItem<BrandItem>(CatalogKind.Brands, view.Brand.Id)!);
        var found = all.Rows.Where(row => row.CreatorId is not null).Select(row => CreateRow(view, standing, row)).Where(line => Matches(view, line)).ToList();
        var (sort, sorted) = ApplySort(found, view.GetParameter("sort") ?? "");
        // Of a model that needs fits a placement may come twice, from before the first fit and since.
        return (all, cells.Select(cell => new Placement(cell.Key.Campaign, cell.Key.Creator)).Distinct().ToLookup(placement => placement.Creator), sort, [.. sorted]);
    }

    private static CreatorListRow CreateRow(PageScope view, CreatorBenchmarks standing, RollupRow row)
    {
        var creator = view.FindItem<CreatorItem>(CatalogKind.Creators, row.CreatorId!);
        return new(row, creator?.Name ?? row.CreatorId!, standing.TierOf(CreatorBenchmarks.PrimaryHandle(creator)?.Followers), creator?.Niche);
    }

    private static bool Matches(PageScope view, CreatorListRow line) =>
        (view.GetParameter("q") is not { } text || new[] { line.Row.CreatorId, line.Name, line.Niche }.Any(known => known?.Contains(text, StringComparison.OrdinalIgnoreCase) == true))
        && (view.GetParameter("tier") is not { } tier || (line.Tier ?? NoTierFilter) == tier)
        && (view.GetParameter("niche") is not { } niche || string.Equals(line.Niche, niche, StringComparison.OrdinalIgnoreCase));

    private static (string Sort, IEnumerable<CreatorListRow> Lines) ApplySort(List<CreatorListRow> lines, string asked)
    {
        var (key, isReversed) = asked.StartsWith('-') ? (asked[1..], true) : (asked, false);
        Func<CreatorListRow, string?>? text = key switch { "name" => line => line.Name, "tier" => line => line.Tier, "niche" => line => line.Niche, _ => null };
        if (text is not null)
        {
            var byText = lines.OrderBy(line => text(line) is null);
            var ordered = isReversed ? byText.ThenByDescending(text, StringComparer.CurrentCultureIgnoreCase) : byText.ThenBy(text, StringComparer.CurrentCultureIgnoreCase);
            return (asked, ordered.ThenByDescending(line => line.Row.Net.Minor).ThenBy(line => line.Row.CreatorId, StringComparer.Ordinal));
        }

        if (!RollupRowsTable.CanSortBy(key)) (asked, key, isReversed) = ("net", "net", false);
        var places = RollupRowsTable.Sort(lines.Select(line => line.Row), key, isReversed);
        var of = lines.ToDictionary(line => line.Row.CreatorId!, StringComparer.Ordinal);
        return (asked, places.Select(row => of[row.CreatorId!]));
    }
}

/// <summary>A creator's row with what the catalog says of her.</summary>
internal sealed record CreatorListRow(RollupRow Row, string Name, string? Tier, string? Niche)
{
    /// <summary>Her net by day, or fortnight, minor units.</summary>
    public long[] Trend { get; set; } = [];
}

/// <summary>A creator's line of a download.</summary>
internal sealed record CreatorCsvRow(string Name, string? Tier, string? Niche, RollupRow Row);
