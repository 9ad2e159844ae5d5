using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Intervals of the ROI of creators in a table, as <c>GET /v1/roi</c> returns them for each.</summary>
internal static class RoiIntervalReader
{
    /// <summary>Formats the interval of a row, or the reason why it has none.</summary>
    public static string InWords(
        PageFormat format, RollupRow row, IReadOnlyDictionary<string, RollupInterval>? intervals) =>
        intervals?.GetValueOrDefault(row.CreatorId!) is { } interval ? format.PercentInterval(interval)
        : row.RoiPercent is null ? "no cost"
        : row.TooFewToTell ? "too few to tell"
        : row.Cost.Total == row.Cost.Commission ? "commission only"
        : PageFormat.Absent;

    /// <summary>
    /// Reads the intervals of creators with enough conversions. Empty unless the page shows the book model with refunds on
    /// the order's day, because the interval belongs to that ROI.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, RollupInterval>> ReadAsync(
        PageContext page, IEnumerable<RollupRow> rows)
    {
        var (query, intervals) = (page.Scope.Query, new Dictionary<string, RollupInterval>(StringComparer.Ordinal));
        if (query.View != RollupView.Cohort || page.Scope.Model != page.Scope.Brand.ReportedModel) return intervals;
        var ledger = page.GetService<ILedgerStore>();
        foreach (var row in rows)
        {
            if (row is not { CreatorId: { } creator, RoiPercent: not null, TooFewToTell: false }) continue;
            var sums = await ledger.SumByConversionAsync(
                query.Brand.Id, query.From, query.To, query.Campaign, creator, page.Cancellation);
            if (RoiQuery.ComputeInterval(sums, row.Cost.Total) is { } interval) intervals[creator] = interval;
        }

        return intervals;
    }
}
