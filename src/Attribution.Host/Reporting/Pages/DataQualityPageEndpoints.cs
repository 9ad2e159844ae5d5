using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Pages;

/// <summary>The page about data quality, and its form that replays rejections.</summary>
internal static class DataQualityPageEndpoints
{
    public static void MapDataQualityPage(this IEndpointRouteBuilder routes)
    {
        routes.MapPage<QualityPage>(
            "/quality", async page => await DataQualityModel.ReadAsync(page), "assigned", "replayed", "refused");
        routes.MapForm<QualityPage>("/quality/replay", KeyScopes.Edit, ReplayAsync);
    }

    private static async Task<object> ReplayAsync(PageContext page, IFormCollection form)
    {
        if (page.Http.RequestServices.GetService<ReplayRejections>() is not { } replay)
        {
            return new QueryProblem(
                StatusCodes.Status404NotFound, "Not available here",
                "This process cannot replay rejections. Send POST /v1/rejections/replay to a process with the role ingest.");
        }

        var ids = form["id"].Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToList();
        var onlyBrand = Caller.FromContext(page.Http).OnlyBrand;
        if (await replay(ids, onlyBrand, page.Cancellation) is not { } done)
        {
            return new QueryProblem(
                StatusCodes.Status503ServiceUnavailable, "Not possible now",
                "Not all events could be stored. Replay them again later; repeating is safe.");
        }

        return new PageRedirect(
            page.Scope.LinkTo("/quality", ("replayed", $"{done.Replayed}"), ("refused", $"{done.Refused}")));
    }
}
