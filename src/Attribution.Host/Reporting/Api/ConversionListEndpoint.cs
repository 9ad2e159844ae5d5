using System.ComponentModel;
using System.Globalization;
using Attribution.Core.Catalog;
using Attribution.Core.Identity;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Ledger;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/conversions</c>: which conversions a creator or campaign is credited with.</summary>
internal static class ConversionListEndpoint
{
    public static void MapConversionList(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/conversions", async (
                [Description("Needed. First local day, inside: 2026-03-01.")] string? from,
                [Description("Needed. Last local day, inside.")] string? to,
                [Description("The brand; default when absent.")] string? brand,
                [Description("Credited to this campaign only.")] string? campaign,
                [Description("Credited to this creator only.")] string? creator,
                [Description("Most of a page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered.")] string? cursor,
                [Description("json or csv (whole, without limit and cursor); by the header Accept when absent, else json.")] string? format,
                HttpContext http, CatalogCache source, ILedgerStore store, CancellationToken cancellation) =>
            {
                var (scope, fault) = QueryScope.Parse(http.Request.Query, await source.RefreshAsync(cancellation));
                if (scope is null) return fault!;
                if (!CsvFormat.TryReadFormat(http.Request, out var csv, out fault) || !QueryParameters.TryReadLimit(limit, out var most, out fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
                var sums = await store.SumByConversionAsync(scope.Brand.Id, scope.From, scope.To, scope.Campaign, scope.Creator, cancellation);
                if (csv)
                    return limit is not null || cursor is not null || !ConversionList.TryCreatePage(scope.Brand, sums, int.MaxValue - 1, after, out var whole) ? QueryParameters.PagingNotAllowed(limit)
                        : await CsvTable.WriteAsync(http.Response, $"conversions-{scope.From:O}-{scope.To:O}.csv", whole.Items, cancellation);
                return ConversionList.TryCreatePage(scope.Brand, sums, most, after, out var list) ? Results.Json(list, ReportJson.Options) : QueryParameters.UnknownCursor();
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "limit", "cursor", "format")
            .WithTags("Report").WithName("ListConversions").WithSummary("The conversions that a brand, campaign or creator is credited with, by the books.")
            .WithDescription("What the ledger lines of each sum to, refunds and all that was restated included; those that come to nothing are left out. By the order's day, the latest first. GET /v1/conversions/{id} says why each went where it went.")
            .Produces<ConversionList>(StatusCodes.Status200OK, "application/json", "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
}

/// <summary>A page of conversions.</summary>
/// <param name="Currency">The brand's, of all amounts.</param>
/// <param name="Items">By day, the latest first, then by kind and id.</param>
/// <param name="Cursor">Begins the next page; null at the end.</param>
internal sealed record ConversionList(string Currency, IReadOnlyList<CreditedConversion> Items, string? Cursor)
{
    /// <summary>A page of what the ledger sums to. False: the cursor is none of ours.</summary>
    public static bool TryCreatePage(BrandSettings brand, IReadOnlyList<ConversionSum> sums, int limit, string after, out ConversionList list)
    {
        list = null!;
        var (day, key) = (int.MaxValue, "");
        if (after.Length > 0)
        {
            var parts = after.Split(' ', 2);
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out day)) return false;
            key = parts[1];
        }

        var page = sums.Where(sum => sum.OrderDay.DayNumber < day || (sum.OrderDay.DayNumber == day && string.CompareOrdinal(sum.Conversion, key) > 0))
            .OrderByDescending(sum => sum.OrderDay).ThenBy(sum => sum.Conversion, StringComparer.Ordinal).Take(limit + 1).ToList();
        var last = page.Count > limit ? page[limit - 1] : null;
        list = new(
            brand.Currency.Code, [.. page.Take(limit).Select(sum => CreditedConversion.FromSum(brand, sum))],
            last is null ? null : QueryParameters.EncodeCursor(string.Create(CultureInfo.InvariantCulture, $"{last.OrderDay.DayNumber} {last.Conversion}")));
        return true;
    }
}

/// <summary>What a conversion comes to for whom was asked about.</summary>
/// <param name="Id">Order id, or conversion id of a sign-up or lead.</param>
/// <param name="Kind"><c>order</c>, or <c>lead</c> of sign-ups and leads.</param>
/// <param name="Day">The brand's local day of it.</param>
/// <param name="Share">Credited share of it, a number of six decimals; 0 of one that was cancelled.</param>
/// <param name="Net">Credited net.</param>
/// <param name="Commission">Commission on it, without what agreements reckon over many.</param>
internal sealed record CreditedConversion(string Id, string Kind, DateOnly Day, string Share, string Net, string Commission)
{
    public static CreditedConversion FromSum(BrandSettings brand, ConversionSum sum) => new(
        sum.Conversion[2..], sum.Conversion.StartsWith(IdentityRules.OrderAlias(""), StringComparison.Ordinal) ? "order" : "lead", sum.OrderDay, RollupRow.FormatShare(sum.Micros),
        brand.Currency.Format(sum.Net), brand.Currency.Format(sum.Commission));
}
