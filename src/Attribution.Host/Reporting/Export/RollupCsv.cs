using System.Globalization;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writes an answer in CSV, a row at a time. The columns are those of a JSON row, flattened:
/// <c>cost.fee</c> is <c>costFee</c>, engagement's members stand by their own names. What nobody is credited with stands first of its
/// day, with empty campaign and creator and <c>attributed</c> false. A text that a spreadsheet would take for a formula gets an
/// apostrophe before it.
/// </summary>
internal static class RollupCsv
{
    private static readonly (string Name, Func<RollupRow, string> Cell)[] Figures =
    [
        ("model", row => CsvFormat.EscapeCell(row.Model)),
        ("status", row => row.Status),
        ("clicks", row => FormatNumber(row.Clicks)),
        ("uniqueVisitors", row => FormatNumber(row.UniqueVisitors)),
        ("visits", row => FormatNumber(row.Visits)),
        ("invalidTouches", row => FormatNumber(row.InvalidTouches)),
        ("orders", row => FormatNumber(row.Orders)),
        ("conversions", row => row.Conversions),
        ("leads", row => row.Leads),
        ("redemptions", row => FormatNumber(row.Redemptions)),
        ("newCustomers", row => FormatNumber(row.NewCustomers)),
        ("currency", row => CsvFormat.EscapeCell(row.Currency)),
        ("gross", row => row.Gross),
        ("discount", row => row.Discount),
        ("refunds", row => row.Refunds),
        ("net", row => row.Net),
        ("costFee", row => row.Cost.Fee),
        ("costProduction", row => row.Cost.Production),
        ("costManagement", row => row.Cost.Management),
        ("costGift", row => row.Cost.Gift),
        ("costShipping", row => row.Cost.Shipping),
        ("costCommission", row => row.Cost.Commission),
        ("costOther", row => row.Cost.Other),
        ("costTotal", row => row.Cost.Total),
        ("roiPercent", row => row.RoiPercent ?? ""),
        ("roas", row => row.Roas ?? ""),
        ("cpa", row => row.Cpa ?? ""),
        ("cpc", row => row.Cpc ?? ""),
        ("aov", row => row.Aov ?? ""),
        ("conversionRate", row => row.ConversionRate ?? ""),
        ("epc", row => row.Epc ?? ""),
        ("impressions", row => FormatNumber(row.Engagement.Impressions)),
        ("reach", row => FormatNumber(row.Engagement.Reach)),
        ("likes", row => FormatNumber(row.Engagement.Likes)),
        ("comments", row => FormatNumber(row.Engagement.Comments)),
        ("shares", row => FormatNumber(row.Engagement.Shares)),
        ("saves", row => FormatNumber(row.Engagement.Saves)),
        ("views", row => FormatNumber(row.Engagement.Views)),
        ("cpe", row => row.Engagement.Cpe ?? ""),
        ("conversionRateLow", row => row.ConversionRateInterval?.Low ?? ""),
        ("conversionRateHigh", row => row.ConversionRateInterval?.High ?? ""),
        ("tooFewToTell", row => row.TooFewToTell ? "true" : "false"),
        ("incomplete", row => row.Incomplete ? "true" : "false"),
        ("attributed", row => row.Attributed ? "true" : "false"),
        ("marginRoiPercent", row => row.MarginRoiPercent ?? ""),
        ("paybackDay", row => row.PaybackDay?.ToString("O", CultureInfo.InvariantCulture) ?? ""),
        ("breakEvenOrders", row => row.BreakEvenOrders is { } orders ? FormatNumber(orders) : ""),
        ("cpm", row => row.Engagement.Cpm ?? ""),
        ("engagementRate", row => row.Engagement.EngagementRate ?? ""),
    ];

    /// <summary>The columns of a question, in order.</summary>
    public static IReadOnlyList<(string Name, Func<RollupRow, string> Cell)> GetColumns(RollupGrouping groupBy) =>
    [
        .. groupBy.Day ? [("day", row => row.Day!.Value.ToString("O", CultureInfo.InvariantCulture))] : NoColumns,
        .. groupBy.Campaign ? [("campaignId", row => CsvFormat.EscapeCell(row.CampaignId))] : NoColumns,
        .. groupBy.Creator ? [("creatorId", row => CsvFormat.EscapeCell(row.CreatorId))] : NoColumns,
        .. Figures,
    ];

    public static async Task WriteAsync(HttpResponse response, RollupQuery query, RollupAggregation groups, CancellationToken cancellation)
    {
        var columns = GetColumns(query.GroupBy);
        await using var text = CsvFormat.OpenWriter(response, $"rollups-{query.From:O}-{query.To:O}.csv");
        await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Name)).AsMemory(), cancellation);
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
        {
            var row = RollupRow.FromGroup(query, shown, groups.ClosedThrough);
            await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Cell(row))).AsMemory(), cancellation);
        }
        await text.FlushAsync(cancellation);
    }

    private static readonly (string, Func<RollupRow, string>)[] NoColumns = [];

    private static string FormatNumber(long value) => value.ToString(CultureInfo.InvariantCulture);
}
