using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Pages.Components;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Contents of the list of creators: filtered, sorted and paged rows of the API, with their trends.</summary>
/// <param name="All">All rows.</param>
/// <param name="Rows">The rows of the page.</param>
/// <param name="Count">The number of rows that match the filters.</param>
/// <param name="Page">The number of the page, starting with 1.</param>
/// <param name="Pages">The number of pages, at least 1.</param>
/// <param name="Sort">The sort column; reversed if it begins with a minus sign.</param>
/// <param name="ByFortnight">True if trends have one point per fortnight; false for one per day.</param>
/// <param name="RoiIntervals">The intervals of the ROI, by creator.</param>
internal sealed record CreatorListModel(
    RollupAnswer All,
    IReadOnlyList<CreatorListRow> Rows,
    int Count,
    int Page,
    int Pages,
    string Sort,
    bool ByFortnight,
    IReadOnlyDictionary<string, RollupInterval> RoiIntervals)
{
    /// <summary>The parameters of the page in addition to those of every page.</summary>
    public static readonly string[] Parameters = ["q", "tier", "niche", "sort", "page"];

    /// <summary>The parameters of the downloads.</summary>
    public static readonly string[] DownloadParameters = [.. Parameters, TableFormat.OptionsParameter, ColumnsParameter];

    /// <summary>The parameter of the downloads that selects columns, and its value for those of the page.</summary>
    public const string ColumnsParameter = "columns", ShownColumns = "shown";

    /// <summary>The filter value that selects creators without a tier.</summary>
    public const string NoTierFilter = "-";

    // Longer trends have one point per fortnight: a line of 100 pixels cannot show more points.
    private const int MaxDailyTrendDays = 98;

    // More than a chart can show; a hundred days of it still fit 64 bits.
    private const long MaxTrend = long.MaxValue / 1_000;

    private const int PageSize = 50;

    /// <summary>Reads the page that the address requests.</summary>
    public static async Task<CreatorListModel> ReadAsync(PageContext page)
    {
        var (scope, query) = (page.Scope, CreateQuery(page));
        var (all, placements, sort, found) = await FindAsync(page);
        var pages = Math.Max(1, (found.Count + PageSize - 1) / PageSize);
        var number = int.TryParse(scope.GetParameter("page"), out var requested) ? Math.Clamp(requested, 1, pages) : 1;
        var rows = found.Skip((number - 1) * PageSize).Take(PageSize).ToList();

        var byFortnight = query.To.DayNumber - query.From.DayNumber >= MaxDailyTrendDays;
        var placementsOfPage = rows.SelectMany(row => placements[row.Row.CreatorId!]).ToList();
        var trends = await page.GetService<IRollupStore>().ReadTrendsAsync(
            query.Brand.Id, placementsOfPage, query.From, query.To, byFortnight,
            cell => (long)Int128.Clamp(RollupFigures.FromCell(cell, scope.Model, query.View).Net, -MaxTrend, MaxTrend), page.Cancellation);
        foreach (var (placement, trend) in placementsOfPage.Zip(trends))
        {
            var row = rows.Single(row => row.Row.CreatorId == placement.Creator);
            row.Trend = row.Trend.Length == 0 ? trend : [.. row.Trend.Zip(trend, (sum, value) => sum + value)];
        }

        var intervals = await RoiIntervalReader.ReadAsync(page, rows.Select(row => row.Row));
        return new(all, rows, found.Count, number, pages, sort, byFortnight, intervals);
    }

    /// <summary>
    /// Writes all rows that match the filters, in the order of the page, as a table; with <c>columns=shown</c> the page as seen.
    /// </summary>
    public static async Task<object> DownloadAsync(PageContext page)
    {
        var (scope, name) = (page.Scope, $"creators-{page.Scope.Query.From:O}-{page.Scope.Query.To:O}");
        if (!TableFormat.Parse(scope.Path.EndsWith(".xlsx", StringComparison.Ordinal), scope.GetParameter(TableFormat.OptionsParameter))
            .TryGet(out _, out var problem))
            return problem;
        if (scope.GetParameter(ColumnsParameter) is { } columns)
        {
            if (columns != ShownColumns) return QueryProblem.BadParameter(ColumnsParameter, $"Must be {ShownColumns}, or absent for all columns");
            var model = await ReadAsync(page);
            await TableWriter.WriteAsync(page.Http.Response, name, RollupRowsTable.GetShownColumns(scope, model), model.Rows, page.Cancellation);
            return PageWritten.Instance;
        }

        var (_, _, _, found) = await FindAsync(page);
        var rows = found.Select(row => new CreatorCsvRow(row.Name, row.Tier, row.Niche, row.Row));
        await CsvTable.WriteAsync(page.Http.Response, name, rows, page.Cancellation);
        return PageWritten.Instance;
    }

    private static RollupQuery CreateQuery(PageContext page) =>
        page.Scope.Query with { GroupBy = PageGrouping.ByCreator };

    private static async Task<Selection> FindAsync(PageContext page)
    {
        var (scope, query) = (page.Scope, CreateQuery(page));
        var readings = await page.GetService<IRollupStore>().SumRollupsAsync(
            query.Brand.Id, [query.SumQuery], asOf: null, page.Cancellation);
        var cells = await readings[0].Cells.ToListAsync(page.Cancellation);
        var reading = readings[0] with { Cells = cells.ToAsyncEnumerable() };
        var all = await RollupAnswer.CreateAsync(query, reading, page.Now, page.Cancellation);

        var benchmarks = CreatorBenchmarks.FromBrand(scope.FindItem<BrandItem>(CatalogKind.Brands, scope.Brand.Id)!);
        var found = all.Rows
            .Where(row => row.CreatorId is not null)
            .Select(row => CreateRow(scope, benchmarks, row))
            .Where(row => Matches(scope, row))
            .ToList();
        var (sort, sorted) = ApplySort(found, scope.GetParameter("sort") ?? "");

        // A fitted model can return a placement twice: from before its first fit and from after it.
        var placements = cells.Select(cell => new Placement(cell.Key.Campaign, cell.Key.Creator))
            .Distinct()
            .ToLookup(placement => placement.Creator);
        return new(all, placements, sort, [.. sorted]);
    }

    private static CreatorListRow CreateRow(PageScope scope, CreatorBenchmarks benchmarks, RollupRow row)
    {
        var creator = scope.FindItem<CreatorItem>(CatalogKind.Creators, row.CreatorId!);
        var tier = benchmarks.TierOf(CreatorBenchmarks.PrimaryHandle(creator)?.Followers);
        return new(row, creator?.Name ?? row.CreatorId!, tier, creator?.Niche);
    }

    private static bool Matches(PageScope scope, CreatorListRow row)
    {
        if (scope.GetParameter("q") is { } text
            && !Contains(row.Row.CreatorId) && !Contains(row.Name) && !Contains(row.Niche)) return false;
        if (scope.GetParameter("tier") is { } tier && (row.Tier ?? NoTierFilter) != tier) return false;
        return scope.GetParameter("niche") is not { } niche
            || string.Equals(row.Niche, niche, StringComparison.OrdinalIgnoreCase);

        bool Contains(string? value) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
    }

    private static (string Sort, IEnumerable<CreatorListRow> Rows) ApplySort(List<CreatorListRow> rows, string requested)
    {
        var (key, isReversed) = requested.StartsWith('-') ? (requested[1..], true) : (requested, false);
        Func<CreatorListRow, string?>? text = key switch
        {
            "name" => row => row.Name,
            "tier" => row => row.Tier,
            "niche" => row => row.Niche,
            _ => null,
        };
        if (text is not null)
        {
            var presentFirst = rows.OrderBy(row => text(row) is null);
            var ordered = isReversed
                ? presentFirst.ThenByDescending(text, StringComparer.CurrentCultureIgnoreCase)
                : presentFirst.ThenBy(text, StringComparer.CurrentCultureIgnoreCase);
            return (requested, ordered
                .ThenByDescending(row => row.Row.Net.Minor)
                .ThenBy(row => row.Row.CreatorId, StringComparer.Ordinal));
        }

        if (!RollupRowsTable.CanSortBy(key)) (requested, key, isReversed) = ("net", "net", false);
        var rowsByCreator = rows.ToDictionary(row => row.Row.CreatorId!, StringComparer.Ordinal);
        var sorted = RollupRowsTable.Sort(rows.Select(row => row.Row), key, isReversed);
        return (requested, sorted.Select(row => rowsByCreator[row.CreatorId!]));
    }

    private sealed record Selection(
        RollupAnswer All, ILookup<string, Placement> Placements, string Sort, List<CreatorListRow> Found);
}

/// <summary>A creator's row with values of the catalog.</summary>
internal sealed record CreatorListRow(RollupRow Row, string Name, string? Tier, string? Niche)
{
    /// <summary>Gets or sets the net by day or fortnight, in minor units; empty if there is none.</summary>
    public long[] Trend { get; set; } = [];
}

/// <summary>A creator's line in the download.</summary>
internal sealed record CreatorCsvRow(string Name, string? Tier, string? Niche, RollupRow Row);
