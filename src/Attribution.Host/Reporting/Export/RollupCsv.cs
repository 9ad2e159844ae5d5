using Attribution.Host.Reporting.Queries.Rollups;

namespace Attribution.Host.Reporting.Export;

/// <summary>
/// Writer of the daily rollups as a table, one row at a time. The columns are the members of a JSON row, flattened:
/// <c>cost.fee</c> is <c>costFee</c>, members of engagement keep their own names. Unattributed conversions come first
/// within their day, with empty campaign and creator and <c>attributed</c> false.
/// </summary>
internal static class RollupCsv
{
    private static readonly TableColumn<RollupRow>[] Figures =
    [
        new("model", row => row.Model),
        new("status", row => row.Status),
        new("clicks", row => row.Clicks),
        new("uniqueVisitors", row => row.UniqueVisitors),
        new("visits", row => row.Visits),
        new("invalidTouches", row => row.InvalidTouches),
        new("orders", row => row.Orders),
        new("conversions", row => row.Conversions),
        new("leads", row => row.Leads),
        new("redemptions", row => row.Redemptions),
        new("newCustomers", row => row.NewCustomers),
        new("currency", row => row.Currency),
        new("gross", row => row.Gross),
        new("discount", row => row.Discount),
        new("refunds", row => row.Refunds),
        new("net", row => row.Net),
        new("costFee", row => row.Cost.Fee),
        new("costProduction", row => row.Cost.Production),
        new("costManagement", row => row.Cost.Management),
        new("costGift", row => row.Cost.Gift),
        new("costShipping", row => row.Cost.Shipping),
        new("costCommission", row => row.Cost.Commission),
        new("costOther", row => row.Cost.Other),
        new("costTotal", row => row.Cost.Total),
        new("roiPercent", row => row.RoiPercent),
        new("roas", row => row.Roas),
        new("cpa", row => row.Cpa),
        new("cpc", row => row.Cpc),
        new("aov", row => row.Aov),
        new("conversionRate", row => row.ConversionRate),
        new("epc", row => row.Epc),
        new("impressions", row => row.Engagement.Impressions),
        new("reach", row => row.Engagement.Reach),
        new("likes", row => row.Engagement.Likes),
        new("comments", row => row.Engagement.Comments),
        new("shares", row => row.Engagement.Shares),
        new("saves", row => row.Engagement.Saves),
        new("views", row => row.Engagement.Views),
        new("cpe", row => row.Engagement.Cpe),
        new("conversionRateLow", row => row.ConversionRateInterval?.Low),
        new("conversionRateHigh", row => row.ConversionRateInterval?.High),
        new("tooFewToTell", row => row.TooFewToTell),
        new("incomplete", row => row.Incomplete),
        new("attributed", row => row.Attributed),
        new("marginRoiPercent", row => row.MarginRoiPercent),
        new("paybackDay", row => row.PaybackDay) { HasDays = true },
        new("breakEvenOrders", row => row.BreakEvenOrders),
        new("cpm", row => row.Engagement.Cpm),
        new("engagementRate", row => row.Engagement.EngagementRate),
        new("unknownCustomers", row => row.UnknownCustomers),
        new("convertedVisitors", row => row.ConvertedVisitors),
        new("visitorConversionRate", row => row.VisitorConversionRate),
        new("visitorConversionRateLow", row => row.VisitorConversionRateInterval?.Low),
        new("visitorConversionRateHigh", row => row.VisitorConversionRateInterval?.High),
        new("ripensUntil", row => row.RipensUntil) { HasDays = true },
        new("assistantTouches", row => row.AssistantTouches),
        new("referrals", row => row.Referrals),
    ];

    /// <summary>Returns the columns of a query, in order.</summary>
    public static IReadOnlyList<TableColumn<RollupRow>> GetColumns(RollupGrouping groupBy) =>
    [
        .. Optional(groupBy.Day, new("day", row => row.Day) { HasDays = true }),
        .. Optional(groupBy.Campaign, new("campaignId", row => row.CampaignId)),
        .. Optional(groupBy.Creator, new("creatorId", row => row.CreatorId)),
        .. Figures,
    ];

    /// <summary>Writes the file.</summary>
    public static Task WriteAsync(
        HttpResponse response, RollupQuery query, RollupAggregation groups, CancellationToken cancellation) =>
        TableWriter.WriteAsync(
            response, $"rollups-{query.From:O}-{query.To:O}", GetColumns(query.GroupBy),
            groups.ReadResultsAsync(cancellation).Select(group => RollupRow.FromGroup(query, group, groups.ClosedThrough)), cancellation);

    private static TableColumn<RollupRow>[] Optional(bool isPresent, TableColumn<RollupRow> column) => isPresent ? [column] : [];
}
