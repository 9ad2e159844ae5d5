using System.Globalization;
using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of the daily rollups as CSV, one row at a time. The columns are the members of a JSON row, flattened:
/// <c>cost.fee</c> is <c>costFee</c>, members of engagement keep their own names. Unattributed conversions come first
/// within their day, with empty campaign and creator and <c>attributed</c> false.
/// </summary>
internal static class RollupCsv
{
    private static readonly (string, Func<RollupRow, string>)[] NoColumns = [];

    private static readonly (string Name, Func<RollupRow, string> Cell)[] Figures =
    [
        ("model", row => CsvFormat.EscapeCell(row.Model)),
        ("status", row => row.Status),
        ("clicks", row => FormatNumber(row.Clicks)),
        ("uniqueVisitors", row => FormatNumber(row.UniqueVisitors)),
        ("visits", row => FormatNumber(row.Visits)),
        ("invalidTouches", row => FormatNumber(row.InvalidTouches)),
        ("orders", row => FormatNumber(row.Orders)),
        ("conversions", row => row.Conversions.ToString()),
        ("leads", row => row.Leads.ToString()),
        ("redemptions", row => FormatNumber(row.Redemptions)),
        ("newCustomers", row => FormatNumber(row.NewCustomers)),
        ("currency", row => CsvFormat.EscapeCell(row.Currency)),
        ("gross", row => row.Gross.ToString()),
        ("discount", row => row.Discount.ToString()),
        ("refunds", row => row.Refunds.ToString()),
        ("net", row => row.Net.ToString()),
        ("costFee", row => row.Cost.Fee.ToString()),
        ("costProduction", row => row.Cost.Production.ToString()),
        ("costManagement", row => row.Cost.Management.ToString()),
        ("costGift", row => row.Cost.Gift.ToString()),
        ("costShipping", row => row.Cost.Shipping.ToString()),
        ("costCommission", row => row.Cost.Commission.ToString()),
        ("costOther", row => row.Cost.Other.ToString()),
        ("costTotal", row => row.Cost.Total.ToString()),
        ("roiPercent", row => row.RoiPercent?.ToString() ?? ""),
        ("roas", row => row.Roas?.ToString() ?? ""),
        ("cpa", row => row.Cpa?.ToString() ?? ""),
        ("cpc", row => row.Cpc?.ToString() ?? ""),
        ("aov", row => row.Aov?.ToString() ?? ""),
        ("conversionRate", row => row.ConversionRate?.ToString() ?? ""),
        ("epc", row => row.Epc?.ToString() ?? ""),
        ("impressions", row => FormatNumber(row.Engagement.Impressions)),
        ("reach", row => FormatNumber(row.Engagement.Reach)),
        ("likes", row => FormatNumber(row.Engagement.Likes)),
        ("comments", row => FormatNumber(row.Engagement.Comments)),
        ("shares", row => FormatNumber(row.Engagement.Shares)),
        ("saves", row => FormatNumber(row.Engagement.Saves)),
        ("views", row => FormatNumber(row.Engagement.Views)),
        ("cpe", row => row.Engagement.Cpe?.ToString() ?? ""),
        ("conversionRateLow", row => row.ConversionRateInterval?.Low.ToString() ?? ""),
        ("conversionRateHigh", row => row.ConversionRateInterval?.High.ToString() ?? ""),
        ("tooFewToTell", row => row.TooFewToTell ? "true" : "false"),
        ("incomplete", row => row.Incomplete ? "true" : "false"),
        ("attributed", row => row.Attributed ? "true" : "false"),
        ("marginRoiPercent", row => row.MarginRoiPercent?.ToString() ?? ""),
        ("paybackDay", row => row.PaybackDay?.ToString("O", CultureInfo.InvariantCulture) ?? ""),
        ("breakEvenOrders", row => row.BreakEvenOrders is { } orders ? FormatNumber(orders) : ""),
        ("cpm", row => row.Engagement.Cpm?.ToString() ?? ""),
        ("engagementRate", row => row.Engagement.EngagementRate?.ToString() ?? ""),
        ("unknownCustomers", row => FormatNumber(row.UnknownCustomers)),
        ("convertedVisitors", row => FormatNumber(row.ConvertedVisitors)),
        ("visitorConversionRate", row => row.VisitorConversionRate?.ToString() ?? ""),
        ("visitorConversionRateLow", row => row.VisitorConversionRateInterval?.Low.ToString() ?? ""),
        ("visitorConversionRateHigh", row => row.VisitorConversionRateInterval?.High.ToString() ?? ""),
        ("ripensUntil", row => row.RipensUntil?.ToString("O", CultureInfo.InvariantCulture) ?? ""),
        ("assistantTouches", row => FormatNumber(row.AssistantTouches)),
        ("referrals", row => FormatNumber(row.Referrals)),
    ];

    /// <summary>Returns the columns of a query, in order.</summary>
    public static IReadOnlyList<(string Name, Func<RollupRow, string> Cell)> GetColumns(RollupGrouping groupBy) =>
    [
        .. groupBy.Day ? [("day", row => row.Day!.Value.ToString("O", CultureInfo.InvariantCulture))] : NoColumns,
        .. groupBy.Campaign ? [("campaignId", row => CsvFormat.EscapeCell(row.CampaignId))] : NoColumns,
        .. groupBy.Creator ? [("creatorId", row => CsvFormat.EscapeCell(row.CreatorId))] : NoColumns,
        .. Figures,
    ];

    /// <summary>Writes the file.</summary>
    public static async Task WriteAsync(
        HttpResponse response, RollupQuery query, RollupAggregation groups, CancellationToken cancellation)
    {
        var columns = GetColumns(query.GroupBy);
        await using var text = CsvFormat.OpenWriter(response, $"rollups-{query.From:O}-{query.To:O}.csv");
        await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Name)).AsMemory(), cancellation);
        await foreach (var group in groups.ReadResultsAsync(cancellation))
        {
            var row = RollupRow.FromGroup(query, group, groups.ClosedThrough);
            await text.WriteLineAsync(
                string.Join(',', columns.Select(column => column.Cell(row))).AsMemory(), cancellation);
        }
        await text.FlushAsync(cancellation);
    }

    private static string FormatNumber(Int128 value) => value.ToString(CultureInfo.InvariantCulture);
}
