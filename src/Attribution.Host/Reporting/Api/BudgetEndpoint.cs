using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/budget</c>: the budget of a campaign and its use.</summary>
internal static class BudgetEndpoint
{
    public static void MapBudget(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/budget", async (
                [Description("Required. Id of the campaign.")] string? campaign,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Local day at whose end the budget is evaluated. Cost on later days counts as planned. "
                    + "Defaults to today.")] string? on,
                CallerCatalog source, IRollupStore store, TimeProvider time, CancellationToken cancellation) =>
            {
                var catalog = await source.RefreshAsync(cancellation);
                return (await BudgetQuery.RunAsync(
                    campaign, brand, on, Timestamp.From(time.GetUtcNow()), catalog, store, cancellation)).ToResult();
            })
            .AllowQueryParameters("campaign", "brand", "on")
            .WithTags("Report").WithName("GetBudget").WithSummary(
                "Returns how much of a campaign's budget is spent, planned and left, and how long it will last.")
            .Produces<BudgetAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);
}
