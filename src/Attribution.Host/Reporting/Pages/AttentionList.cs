using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Payouts;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.Pages;

/// <summary>A fact that a user should act on.</summary>
/// <param name="Text">The fact, with its number.</param>
/// <param name="Section">Section of the page about data quality where it is corrected.</param>
/// <param name="Action">Text of the link.</param>
internal sealed record AttentionItem(string Text, string Section, string Action)
{
    /// <summary>Gets the page where it is corrected.</summary>
    public string Path { get; init; } = "/quality";

    /// <summary>Gets the month that the page shows; null for a page without one.</summary>
    public string? Month { get; init; }
}

/// <summary>
/// The list of what needs attention: data that is missing or could not be counted as reported. Most urgent first.
/// </summary>
internal static class AttentionList
{
    private const int MaxNames = 3;

    private const int MaxRejections = 100;

    // Each creator's account is read on its own.
    private const int MaxStatements = 200;

    /// <summary>Reads the list.</summary>
    public static async Task<IReadOnlyList<AttentionItem>> ReadAsync(PageContext page)
    {
        var (quality, unmatched, rejections) = await ReadAnswersAsync(page, MaxRejections);
        return [.. Create(page.Scope.Format, quality, unmatched, rejections), .. await ReadStatementsDueAsync(page)];
    }

    /// <summary>Returns the statements of the last month that are to be closed, and those that are to be paid.</summary>
    private static async Task<IEnumerable<AttentionItem>> ReadStatementsDueAsync(PageContext page)
    {
        var (scope, month) = (page.Scope, page.Scope.Today.AddMonths(-1));
        var earning = await page.GetService<IPayoutStatementStore>().ListEarningCreatorsAsync(scope.Brand.Id, page.Cancellation);
        if (earning.Count is 0 or > MaxStatements) return [];
        var text = CalendarMonth.TextOf(month);
        var list = await PayoutStatementQueries.ListAsync(
            text, scope.Brand.Id, scope.Catalog, page.GetService<PayoutStatementService>(), page.Cancellation);
        var due = list.Value!.Rows.Where(row => row.Amounts.Payable.Minor > 0).ToLookup(row => row.Status);
        return
        [
            .. Describe(StatementStatus.Open, "to be closed", "Close"), .. Describe(StatementStatus.Closed, "to be paid", "Pay"),
        ];

        IEnumerable<AttentionItem> Describe(StatementStatus status, string what, string action)
        {
            var rows = due[status].ToList();
            if (rows.Count == 0) yield break;
            var sum = rows.Aggregate(new Money(0, scope.Brand.Currency), (total, row) => total + row.Amounts.Payable);
            yield return new(
                $"{scope.Format.Number(rows.Count)} {(rows.Count == 1 ? "statement" : "statements")} of {scope.Format.Month(month)} "
                    + $"{(rows.Count == 1 ? "is" : "are")} {what}: {scope.Format.Amount(sum)}.", "content", action)
            {
                Path = "/statements", Month = text,
            };
        }
    }

    /// <summary>
    /// Reads the answers of <c>/v1/quality</c>, <c>/v1/unmatched</c> and <c>/v1/rejections</c> that the list is made of.
    /// </summary>
    /// <param name="page">The request.</param>
    /// <param name="rejections">Maximum number of rejections.</param>
    public static async Task<(QualityAnswer Quality, UnmatchedAnswer Unmatched, RejectionsAnswer Rejections)> ReadAnswersAsync(
        PageContext page, int rejections)
    {
        var (rollups, brand) = (page.GetService<IRollupStore>(), page.Scope.Brand.Id);
        // The messages are counted before the catalog is read, so that none is missed.
        var messages = QualityQuery.CountMessages(
            page.GetService<IOptions<BusOptions>>().Value, page.Http.RequestServices.GetService<SpoolDepth>());
        var catalog = await CallerCatalog.ForRequest(page.Http).RefreshAsync(page.Cancellation);
        var quality = await QualityQuery.RunAsync(
            brand, messages, catalog, page.GetService<IJourneyStore>(), rollups, page.GetService<IRejectionStore>(),
            page.GetService<IFormatStore>(), page.GetService<IDataSetStore>(),
            page.GetService<ApiCredentialCache>().GetShops(), page.GetService<DataLossLog>(), page.Cancellation);
        var unmatched = await UnmatchedQuery.RunAsync(
            brand, null, PageRequest.First, catalog, rollups, page.Cancellation);
        var rejected = await RejectionsQuery.RunAsync(
            new(brand, Resolved: false), new(rejections, ""), page.GetService<IRejectionStore>(), page.Cancellation);
        return (quality.Value!, unmatched.Value!, rejected.Value!);
    }

    /// <summary>Creates the list from the answers.</summary>
    public static IReadOnlyList<AttentionItem> Create(
        PageFormat format, QualityAnswer quality, UnmatchedAnswer unmatched, RejectionsAnswer rejections)
    {
        var data = quality.Data;
        return
        [
            .. (quality.Lost ?? []).Select(loss => new AttentionItem(loss.Detail, "content", "Data quality")),
            .. (quality.Shops ?? []).Where(shop => shop.SilentSince is not null).Select(shop => new AttentionItem(
                $"The shop {shop.Source} ({shop.Vendor}) has sent no webhook since {shop.SilentSince![..10]}.",
                "shops", "Shops")),
            .. Count(rejections.Items.Count, rejections.Cursor is not null, "event was rejected", "events were rejected",
                "rejections", "Correct and replay"),
            .. Count(data.RatesMissing.Count, false, "conversion waits for an exchange rate",
                "conversions wait for an exchange rate", "unmatched", "Add the rate"),
            .. Names(UnmatchedKind.Code, "order with a code that belongs to no creator",
                "orders with codes that belong to no creator"),
            .. Names(UnmatchedKind.Link, "click on an unknown link", "clicks on unknown links"),
            .. Names(UnmatchedKind.Utm, "visit with unknown UTM parameters", "visits with unknown UTM parameters"),
            .. Count(data.RefundsInOtherCurrency.Count, false, "refund in another currency than its order is not applied",
                "refunds in another currency than their order are not applied", "faults", "Days"),
            .. Count(data.RefundsWaiting.Count, false, "refund waits for an order that was not reported",
                "refunds wait for orders that were not reported", "faults", "Days"),
        ];

        IEnumerable<AttentionItem> Count(
            long count, bool more, string one, string many, string section, string action) =>
            count == 0 ? [] :
            [
                new($"{format.Number(count)}{(more ? "+" : "")} {(count == 1 && !more ? one : many)}.", section, action),
            ];

        // The names of the first page: the most frequent ones.
        IEnumerable<AttentionItem> Names(UnmatchedKind kind, string one, string many)
        {
            var names = unmatched.Items.Where(name => name.Kind == kind).ToList();
            return Count(names.Sum(name => name.Count), unmatched.Cursor is not null, one, many, "unmatched", "Assign")
                .Select(item => item with { Text = $"{item.Text[..^1]}: {Shorten(names)}." });
        }
    }

    private static string Shorten(List<UnmatchedItem> names) =>
        string.Join(", ", names.Take(MaxNames).Select(name => name.Name)) + (names.Count > MaxNames ? ", …" : "");
}
