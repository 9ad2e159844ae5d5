using System.ComponentModel;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/products</c>: what was sold of each product or category, with its credit and margin.</summary>
internal static class ProductsEndpoint
{
    public static void MapProducts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/products", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts the result to orders credited to this campaign, and credit and commission to it.")] string? campaign,
                [Description("Restricts the result to orders credited to this creator, and credit and commission to them.")] string? creator,
                [Description("product (default) or category.")] string? by,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IJourneyStore journeys, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                if (!QueryScope.Parse(http.Request.Query, catalog).TryGet(out var scope, out var problem)
                    || !ResponseFormat.TryRead(http.Request, out var isTable, out problem)
                    || !(await ProductsQuery.RunAsync(scope, by, catalog, journeys, cancellation)).TryGet(out var answer, out problem))
                    return problem.ToResult();
                return isTable
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(http.Response, $"products-{scope.From:O}-{scope.To:O}", answer.Items, cancellation))
                    : ApiResults.Json(answer);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "by", "format", "options")
            .WithTags("Report").WithName("ListProducts")
            .WithSummary("Lists the products or categories of orders with what was sold, credited and paid, and the gross margin.")
            .WithDescription(
                "Reads every order of the brand. Orders without lines, or with lines that do not add up, are in the row without a name, so that the "
                + "rows sum to the orders. Each order counts on its own day, with all refunds so far.")
            .Produces<ProductsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
