using System.Globalization;
using System.Text;

namespace Attribution.Host.Report.Rollups;

/// <summary>
/// Writes an answer in CSV (RFC 4180, CRLF, UTF-8, a header, no thousands separators), a row at a time. The columns are those of a JSON row, flattened:
/// <c>cost.fee</c> is <c>costFee</c>, engagement's members stand by their own names. What nobody is credited with stands first of its
/// day, with empty campaign and creator and <c>attributed</c> false. A text that a spreadsheet would take for a formula gets an
/// apostrophe before it.
/// </summary>
internal static class RollupCsv
{
    private const int FlushAt = 64 * 1024;

    private static readonly (string Name, Func<RollupRow, string> Cell)[] Figures =
    [
        ("model", row => Text(row.Model)),
        ("status", row => row.Status),
        ("clicks", row => Number(row.Clicks)),
        ("uniqueVisitors", row => Number(row.UniqueVisitors)),
        ("visits", row => Number(row.Visits)),
        ("invalidTouches", row => Number(row.InvalidTouches)),
        ("orders", row => Number(row.Orders)),
        ("conversions", row => row.Conversions),
        ("leads", row => row.Leads),
        ("redemptions", row => Number(row.Redemptions)),
        ("newCustomers", row => Number(row.NewCustomers)),
        ("currency", row => Text(row.Currency)),
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
        ("impressions", row => Number(row.Engagement.Impressions)),
        ("reach", row => Number(row.Engagement.Reach)),
        ("likes", row => Number(row.Engagement.Likes)),
        ("comments", row => Number(row.Engagement.Comments)),
        ("shares", row => Number(row.Engagement.Shares)),
        ("saves", row => Number(row.Engagement.Saves)),
        ("views", row => Number(row.Engagement.Views)),
        ("cpe", row => row.Engagement.Cpe ?? ""),
        ("incomplete", row => row.Incomplete ? "true" : "false"),
        ("attributed", row => row.Attributed ? "true" : "false"),
    ];

    /// <summary>The columns of a question, in order.</summary>
    public static IReadOnlyList<(string Name, Func<RollupRow, string> Cell)> Columns(RollupGrouping groupBy) =>
    [
        .. groupBy.Day ? [("day", row => row.Day!.Value.ToString("O", CultureInfo.InvariantCulture))] : None,
        .. groupBy.Campaign ? [("campaignId", row => Text(row.CampaignId))] : None,
        .. groupBy.Creator ? [("creatorId", row => Text(row.CreatorId))] : None,
        .. Figures,
    ];

    public static async Task WriteAsync(Stream body, RollupQuery query, RollupGroups groups, CancellationToken cancellation)
    {
        var columns = Columns(query.GroupBy);
        await using var text = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), FlushAt, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Name)).AsMemory(), cancellation);
        await foreach (var (key, cell) in groups.ReadAsync(cancellation))
        {
            foreach (var model in query.Models)
            {
                if (RollupRow.Of(query, key, cell, model, groups.ClosedThrough) is { } row)
                    await text.WriteLineAsync(string.Join(',', columns.Select(column => column.Cell(row))).AsMemory(), cancellation);
            }
        }
        await text.FlushAsync(cancellation);
    }

    /// <summary>A text as a cell: harmless to a spreadsheet, quoted where it must be.</summary>
    internal static string Text(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static readonly (string, Func<RollupRow, string>)[] None = [];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
