using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/cohorts</c>: the customers that creators brought, and what they ordered since.</summary>
internal static class CohortsEndpoint
{
    public static void MapCohorts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/cohorts", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description("Restricts the result to customers and orders credited to this campaign.")] string? campaign,
                [Description("Restricts the result to customers and orders credited to this creator.")] string? creator,
                [Description("creator (default) or campaign.")] string? groupBy,
                [Description(ParameterDescriptions.WholeFormat)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, IJourneyStore journeys, IRollupStore rollups, TimeProvider time, CancellationToken cancellation) =>
            {
                if (groupBy is not (null or "creator" or "campaign"))
                    return QueryProblem.BadParameter("groupBy", "Must be creator or campaign").ToResult();
                if (!RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation)).TryGet(out var query, out var problem)
                    || !ResponseFormat.TryRead(http.Request, out var isTable, out problem))
                    return problem.ToResult();
                var today = query.Brand.Calendar.DayOf(Timestamp.From(time.GetUtcNow()));
                if (!(await CohortsQuery.RunAsync(query, today, journeys, rollups, cancellation)).TryGet(out var answer, out problem))
                    return problem.ToResult();
                return isTable
                    ? await ApiResults.WrittenAsync(CsvTable.WriteAsync(http.Response, $"cohorts-{query.From:O}-{query.To:O}", answer.Items, cancellation))
                    : ApiResults.Json(answer);
            })
            .AllowQueryParameters("from", "to", "brand", "campaign", "creator", "groupBy", "format", "options")
            .WithTags("Report").WithName("ListCohorts")
            .WithSummary("Lists the new customers that creators or campaigns brought, their cost, and what they ordered since.")
            .WithDescription(
                "Reads every order of the brand. Customers count by the credit of their first order under the book model. Customers of whom a time has "
                + "passed are apart from those of whom it has not; unknown customers are never added to new or returning ones.")
            .Produces<CohortsAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
}
