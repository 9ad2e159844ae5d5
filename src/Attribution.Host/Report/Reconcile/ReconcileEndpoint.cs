using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Hosting.Access;
using Attribution.Host.Hosting.Runs;
using Attribution.Storage;

namespace Attribution.Host.Report.Reconcile;

/// <summary>Do the rollups equal the journeys? Asked for here, worked out by the rollup stage.</summary>
internal static class ReconcileEndpoint
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public static void MapReconcile(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/reconcile", async (HttpContext http, IRunStore store, IdSource ids, TimeProvider time, CancellationToken cancellation) =>
            {
                if (Caller.Of(http).OnlyBrand is not null) return ReportProblems.Of(StatusCodes.Status403Forbidden, "Not for one brand's key", "It compares all brands: a key that is bound to none may ask for it");
                var now = Timestamp.From(time.GetUtcNow());
                await store.ForgetRunsAsync(RunNames.Reconcile, now - Kept, cancellation);
                var run = new RunDocument { Id = ids.Next(), Kind = RunNames.Reconcile, Request = [.. "{\"by\":\"request\"}"u8], CreatedAt = now, UpdatedAt = now };
                return await store.AddRunAsync(run, most: 1, cancellation)
                    ? Results.Json(RunAnswer.Of(run), ReportJson.Options, statusCode: StatusCodes.Status202Accepted)
                    : ReportProblems.Of(StatusCodes.Status409Conflict, "A reconciling goes on already", "One at a time; ask again when it has ended");
            })
            .TakesQuery().Needs(KeyScopes.Admin)
            .WithTags("Operate").WithName("Reconcile").WithSummary("Compares the rollups with what journeys and costs add up to, and puts right what differs.")
            .Produces<RunAnswer>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet("/v1/reconcile/{id}", async ([Description("The id that was answered.")] string id, HttpContext http, IRunStore store, CancellationToken cancellation) =>
                Caller.Of(http).OnlyBrand is null && Guid.TryParse(id, out var run) && await store.FindRunAsync(RunNames.Reconcile, run, cancellation) is { } found
                    ? Results.Json(RunAnswer.Of(found), ReportJson.Options)
                    : ReportProblems.NotFound("There is no such run; POST /v1/reconcile begins one, and it is kept for 30 days"))
            .TakesQuery().Needs(KeyScopes.Admin)
            .WithTags("Operate").WithName("GetReconcile").WithSummary("Progress of a reconciling, then what differed; the expected number is 0.")
            .Produces<RunAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
