using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Payouts;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Queries.WhatIf;

/// <summary>
/// Evaluates every journey of the brand under the other settings, beside the books: as stored and as it would be are added up by the same
/// measures, of the same journeys, read as of one moment; and so is what agreements reckon over many conversions, but for fees, which no setting changes.
/// What is held are the rows, and what accrued under those agreements.
/// </summary>
internal sealed class WhatIfRun(IJourneyStore store, CatalogCache catalogs, TimeProvider time) : IBackgroundRun
{
    public const string KindName = "what-if";

    /// <summary>Most rows held, and so answered. A question with more is refused: by day a long span may have many.</summary>
    private const int MaxRows = 100_000;

    public string Name => KindName;

    public async Task<byte[]> RunAsync(RunDocument run, RunProgress progress, CancellationToken cancellation)
    {
        var question = JsonSerializer.Deserialize<WhatIfRequest>(run.Request.AsSpan(), ReportJson.Options)!;
        var catalog = await catalogs.RefreshAsync(cancellation);
        if (catalog.FindBrand(question.GetBrandId()) is not { } brand) throw new RunRefusedException($"There is no brand '{question.GetBrandId()}' any more.");
        var other = question.GetTerms().ApplyTo(catalog, brand.Id);
        var sides = new WhatIfComparison(question.From, question.To, RollupQuery.ParseGrouping(question.GroupBy ?? "campaign,creator")!, MaxRows);

        await store.ScanAsync(
            (journey, done, total) =>
            {
                progress.Report(done, total);
                if (journey.Brand != brand.Id || journey.ReportedConversions.IsEmpty) return;
                sides.Add(journey, journey.Evaluate(other));
            },
            cancellation);
        var today = brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));
        foreach (var agreement in catalog.Agreements.Where(agreement => agreement.Brand == brand.Id)) sides.AddSettlement(agreement, today);
        progress.Report(progress.Current.Total, progress.Current.Total);
        return JsonSerializer.SerializeToUtf8Bytes(sides.ToAnswer(brand.Currency), ReportJson.Options);
    }
}

/// <summary>The book and what would be, added up by row. Not thread-safe.</summary>
internal sealed class WhatIfComparison(DateOnly from, DateOnly to, RollupGrouping groupBy, int mostRows)
{
    private readonly Dictionary<RollupGroupKey, (MeasureCell Book, MeasureCell WhatIf)> rows = [];
    private readonly (MeasureCell Book, MeasureCell WhatIf) totals = (new(), new());
    private readonly Dictionary<string, (List<PeriodAccrual> Book, List<PeriodAccrual> WhatIf)> accruals = new(StringComparer.Ordinal);

    public void Add(Journey book, Journey whatIf)
    {
        Add(book, isBook: true);
        Add(whatIf, isBook: false);
    }

    /// <summary>Adds the tiers, caps and guarantees of an agreement, which look at all that accrued under it, on the days asked for.</summary>
    public void AddSettlement(Agreement agreement, DateOnly today)
    {
        var (book, whatIf) = GetAccruals(agreement.Id);
        foreach (var (side, isBook) in new[] { (book, true), (whatIf, false) })
        {
            var sums = new MeasureSums();
            foreach (var line in PeriodAdjustments.Calculate(agreement, side, today)) sums.Add(new BookedAdjustment(agreement.Brand, agreement.Id, agreement.Placement, line), 1);
            Add(sums, isBook);
        }
    }

    public WhatIfAnswer ToAnswer(Currency currency)
    {
        WhatIfRow Row(RollupGroupKey? key, (MeasureCell Book, MeasureCell WhatIf) sides)
        {
            var difference = new MeasureCell();
            difference.Add(sides.WhatIf);
            difference.Add(sides.Book, -1);
            return new()
            {
                Day = key?.Day, CampaignId = key?.Campaign, CreatorId = key?.Creator, Book = WhatIfFigures.FromCell(sides.Book, currency),
                WhatIf = WhatIfFigures.FromCell(sides.WhatIf, currency), Difference = WhatIfFigures.FromCell(difference, currency),
            };
        }

        var sorted = rows.Where(row => !IsZero(row.Value.Book) || !IsZero(row.Value.WhatIf))
            .OrderBy(row => row.Key.Day).ThenBy(row => row.Key.Campaign, StringComparer.Ordinal).ThenBy(row => row.Key.Creator, StringComparer.Ordinal).ToList();
        return new(
            [.. sorted.Where(row => row.Key.Attributed).Select(row => Row(row.Key, row.Value))],
            [.. sorted.Where(row => !row.Key.Attributed).Select(row => Row(row.Key, row.Value))], Row(null, totals), currency.Code);
    }

    private static bool IsZero(MeasureCell cell) => RollupFigures.FromCell(cell, Model.Book, RollupView.Cohort) is var figures
        && (figures.Orders | figures.ConversionMicros | figures.LeadMicros | figures.NewCustomers | figures.Gross | figures.Discount | figures.Refunds | figures.Commission) == 0;

    private void Add(Journey journey, bool isBook)
    {
        foreach (var accrual in PeriodAccrual.FromJourney(journey))
        {
            var (book, whatIf) = GetAccruals(accrual.Agreement);
            (isBook ? book : whatIf).Add(accrual);
        }

        var sums = new MeasureSums();
        sums.Add(journey, 1);
        Add(sums, isBook);
    }

    private (List<PeriodAccrual> Book, List<PeriodAccrual> WhatIf) GetAccruals(string agreement) =>
        accruals.TryGetValue(agreement, out var known) ? known : accruals[agreement] = ([], []);

    private void Add(MeasureSums sums, bool isBook)
    {
        foreach (var (key, cell) in sums.Cells)
        {
            if (key.Day < from || key.Day > to || key.IsUnmatched || IsZero(cell)) continue;
            var sides = key.IsTotal ? totals : GetSides(key);
            (isBook ? sides.Book : sides.WhatIf).Add(cell);
        }
    }

    private (MeasureCell Book, MeasureCell WhatIf) GetSides(in RollupKey key)
    {
        var group = RollupAggregation.GetGroupKey(key, groupBy);
        if (rows.TryGetValue(group, out var sides)) return sides;
        if (rows.Count == mostRows) throw new RunRefusedException($"It comes to more than {mostRows} rows: ask for fewer days, or keep less apart (groupBy).");
        return rows[group] = (new(), new());
    }
}

/// <summary>The books of the days asked for, side by side with what they would be.</summary>
/// <param name="Rows">By day, campaign, creator; those with credit or commission on either side.</param>
/// <param name="Unattributed">What nobody is credited with; by day where the rows are.</param>
/// <param name="Totals">Every conversion once: the same on both sides but for the commission, which stands in the rows.</param>
/// <param name="Currency">The brand's.</param>
internal sealed record WhatIfAnswer(IReadOnlyList<WhatIfRow> Rows, IReadOnlyList<WhatIfRow> Unattributed, WhatIfRow Totals, string Currency);

/// <summary>A line of an answer as CSV.</summary>
/// <param name="Row">The row.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Attributed">False: what nobody is credited with.</param>
internal sealed record WhatIfCsvRow(WhatIfRow Row, string Currency, bool Attributed)
{
    /// <summary>The rows, then what nobody is credited with.</summary>
    public static IEnumerable<WhatIfCsvRow> FromAnswer(WhatIfAnswer answer) =>
        [.. answer.Rows.Select(row => new WhatIfCsvRow(row, answer.Currency, Attributed: true)), .. answer.Unattributed.Select(row => new WhatIfCsvRow(row, answer.Currency, Attributed: false))];
}

/// <summary>A row on both sides, and what the change would make of it.</summary>
internal sealed record WhatIfRow
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CampaignId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatorId { get; init; }

    /// <summary>As the book says.</summary>
    public required WhatIfFigures Book { get; init; }

    /// <summary>As it would say.</summary>
    public required WhatIfFigures WhatIf { get; init; }

    /// <summary>What it would say less what it says.</summary>
    public required WhatIfFigures Difference { get; init; }
}

/// <summary>What a side says of a row; refunds on the order's day.</summary>
internal sealed record WhatIfFigures(
    long Orders, string Conversions, string Leads, long NewCustomers, string Gross, string Discount, string Refunds, string Net, string Commission)
{
    public static WhatIfFigures FromCell(MeasureCell cell, Currency currency)
    {
        var figures = RollupFigures.FromCell(cell, Model.Book, RollupView.Cohort);
        return new(
            figures.Orders, RollupRow.FormatShare(figures.ConversionMicros), RollupRow.FormatShare(figures.LeadMicros), figures.NewCustomers, currency.Format(figures.Gross),
            currency.Format(figures.Discount), currency.Format(figures.Refunds), currency.Format(figures.Net), currency.Format(figures.Commission));
    }
}
