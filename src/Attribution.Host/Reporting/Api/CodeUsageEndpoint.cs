using System.ComponentModel;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Codes;
using Attribution.Storage.Access;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The endpoints <c>/v1/code-usage…</c>: codes with the orders that used them, and the comparison with a shop's list of
/// codes.
/// </summary>
internal static class CodeUsageEndpoint
{
    private const int MaxListBytes = 32 << 20;

    public static void MapCodeUsage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/code-usage", async (
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("unowned, not_valid, unused or used. Defaults to all.")] string? status,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IJourneyStore journeys, CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)) return problem.ToResult();
                var answer = await CodeUsageQuery.RunAsync(brand, status, await source.RefreshAsync(cancellation), journeys, cancellation);
                if (!isTable || !answer.TryGet(out var found, out _)) return answer.ToResult();
                return await ApiResults.WrittenAsync(CsvTable.WriteAsync(http.Response, "code-usage", found.Items, cancellation));
            })
            .AllowQueryParameters("brand", "status", "format", "options")
            .WithTags("Report").WithName("ListCodeUsage")
            .WithSummary("Lists the codes that orders used and no one owns, and the codes of the catalog, with their orders and net.")
            .WithDescription("Reads every order of the brand. An order with several codes counts for each of them; canceled orders do not count.")
            .Produces<CodeUsageAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapPost("/v1/code-usage/compare", async (
                [Description("Format of the list: shopify-discounts, woocommerce-coupons or stripe-promotion-codes.")] string? list,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IJourneyStore journeys, TimeProvider time, CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)) return problem.ToResult();
                if (list is null || !ShopCodeList.Formats.Contains(list))
                    return QueryProblem.BadParameter("list", $"Must be one of {string.Join(", ", ShopCodeList.Formats)}").ToResult();
                (var body, problem) = await RequestBody.ReadAsync(http.Request, MaxListBytes, cancellation);
                if (problem is not null) return problem.ToResult();
                if (!ShopCodeList.Read(list, body).TryGet(out var codes, out problem)) return problem.ToResult();
                var answer = await CodeComparison.RunAsync(
                    brand, codes, time.GetUtcNow(), await source.RefreshAsync(cancellation), journeys, cancellation);
                if (!isTable || !answer.TryGet(out var found, out _)) return answer.ToResult();
                return await ApiResults.WrittenAsync(CsvTable.WriteAsync(http.Response, "code-differences", found.Items, cancellation));
            })
            .RequireScope(KeyScopes.Read).AllowQueryParameters("list", "brand", "format", "options")
            .WithTags("Report").WithName("CompareCodes")
            .WithSummary("Compares a shop's list of codes with the catalog and the orders: owners, ends, limits and uses. Stores nothing.")
            .Accepts<string>("text/csv", "application/json")
            .Produces<CodeComparisonAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
    }
}
