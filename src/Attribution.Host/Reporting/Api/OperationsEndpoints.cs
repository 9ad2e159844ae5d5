using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The endpoints for background runs over all stored data. One run of a kind at a time; keys of a single brand cannot
/// use them.
/// </summary>
internal static class OperationsEndpoints
{
    private static readonly TimeSpan RunRetention = TimeSpan.FromDays(30);

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.Map(
            RunNames.Reconcile, "Reconcile",
            "Compares the rollups with the sums of journeys and costs, and corrects differences.",
            "Returns the progress of a reconciliation, then the differences found; the expected number is 0.");
        routes.Map(
            RunNames.Rebuild, "Rebuild",
            "Recreates the journeys from the stored events while the current journeys stay in use, then replaces them.",
            "Returns the progress of a rebuild in packs, then the changed conversions, ledger lines and rollup cells; "
                + "the expected numbers are 0.");
    }

    private static void Map(
        this IEndpointRouteBuilder routes, string kind, string name, string startSummary, string progressSummary)
    {
        routes.MapPost($"/v1/{kind}", async (
            HttpContext http, IRunStore store, IdGenerator ids, TimeProvider time, CancellationToken cancellation) =>
            {
                if (CallerBrand.RequireAllBrands(Caller.FromContext(http)) is { } problem) return problem.ToResult();
                var now = Timestamp.From(time.GetUtcNow());
                await store.DeleteEndedRunsAsync(kind, now - RunRetention, cancellation);
                var run = new RunDocument { Id = ids.Next(), Kind = kind, Request = [.. "{\"by\":\"request\"}"u8],
                    CreatedAt = now, UpdatedAt = now };
                return await store.TryAddRunAsync(run, most: 1, cancellation)
                    ? ApiResults.Json(RunAnswer.FromDocument(run), StatusCodes.Status202Accepted)
                    : QueryProblem.Conflict($"A {kind} run is already active",
                        "Only one run can be active at a time. Try again when it has ended").ToResult();
            })
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName(name).WithSummary(startSummary)
            .Produces<RunAnswer>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet($"/v1/{kind}/{{id}}", async (
                [Description(ParameterDescriptions.RunId)] string id, HttpContext http, IRunStore store,
                CancellationToken cancellation) =>
                Caller.FromContext(http).OnlyBrand is null && Guid.TryParse(id, out var run)
                    && await store.FindRunAsync(kind, run, cancellation) is { } found
                    ? ApiResults.Json(RunAnswer.FromDocument(found))
                    : QueryProblem.NotFound(
                        $"There is no such run. POST /v1/{kind} starts one; runs are kept for 30 days").ToResult())
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName($"Get{name}").WithSummary(progressSummary)
            .Produces<RunAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
