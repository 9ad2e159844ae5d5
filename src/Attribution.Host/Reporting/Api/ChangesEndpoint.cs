using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/changes</c>: figures of a period and of an earlier one.</summary>
internal static class ChangesEndpoint
{
    public static void MapChanges(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/changes", async (
                [Description(ParameterDescriptions.From)] string? from,
                [Description(ParameterDescriptions.To)] string? to,
                [Description("Required. First local day of the earlier period (inclusive).")] string? previousFrom,
                [Description("Required. Last local day of the earlier period (inclusive).")] string? previousTo,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Campaign)] string? campaign,
                [Description(ParameterDescriptions.Creator)] string? creator,
                [Description("Name of a model, or book. Defaults to the brand's book model.")] string? model,
                [Description("creator (default), campaign, or empty for the total only.")] string? groupBy,
                [Description("cohort (default) or cash, as for the daily rollups.")] string? view,
                HttpContext http, CallerCatalog source, IRollupStore store, TimeProvider time,
                CancellationToken cancellation) =>
            {
                var now = Timestamp.From(time.GetUtcNow());
                if (!RollupQuery.Parse(http.Request.Query, await source.RefreshAsync(cancellation))
                    .TryGet(out var query, out var problem)
                    || !ReadPrevious(query, previousFrom, previousTo).TryGet(out var previous, out problem))
                    return problem.ToResult();
                if (query.AllModels)
                    return QueryProblem.BadParameter("model", "A comparison of periods needs a single model").ToResult();
                if (groupBy is not (null or "" or "creator" or "campaign"))
                    return QueryProblem.BadParameter("groupBy", "Must be creator, campaign or empty").ToResult();
                var total = new RollupGrouping(Day: false, Campaign: false, Creator: false);
                var group = total with { Campaign = groupBy == "campaign", Creator = groupBy is null or "creator" };
                var answers = await RollupAnswer.ReadAllAsync(
                    [
                        query with { GroupBy = total }, previous with { GroupBy = total },
                        query with { GroupBy = group }, previous with { GroupBy = group },
                    ],
                    store, now, cancellation);
                return ApiResults.Json(new ChangesAnswer(
                    query, previous, (answers[0], answers[1]), group == total ? null : (answers[2], answers[3])));
            })
            .AllowQueryParameters(
                "from", "to", "previousFrom", "previousTo", "brand", "campaign", "creator", "model", "groupBy", "view")
            .WithTags("Report").WithName("GetChanges")
            .WithSummary("Compares the figures of a period with those of an earlier one, by creator or campaign.")
            .WithDescription(
                "Each figure has both values, their difference, and the difference in percent of the previous value. "
                + "Rows are ordered by the change of their net, largest first regardless of its sign.")
            .Produces<ChangesAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static QueryResult<RollupQuery> ReadPrevious(RollupQuery query, string? from, string? to)
    {
        if (!Rfc3339.TryParseDay(from, out var first))
            return QueryProblem.BadParameter("previousFrom", "Required: a local day (inclusive), for example 2026-02-01");
        if (!Rfc3339.TryParseDay(to, out var last))
            return QueryProblem.BadParameter("previousTo", "Required: a local day (inclusive), for example 2026-02-28");
        if (last < first) return QueryProblem.BadParameter("previousTo", $"Lies before previousFrom ({first:O})");
        return last.DayNumber - first.DayNumber < QueryScope.MaxDays
            ? query with { From = first, To = last }
            : QueryProblem.BadParameter("previousTo", $"The maximum is {QueryScope.MaxDays} days. Split the period");
    }
}
