using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Jobs;
using Attribution.Storage.Access;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Api;

/// <summary>Work over all that is stored, asked for here and done by another stage: one of a kind at a time, for a key that is bound to no brand.</summary>
internal static class OperationsEndpoints
{
    private static readonly TimeSpan RunRetention = TimeSpan.FromDays(30);

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.Map(
            RunNames.Reconcile, "Reconcile", "Compares the rollups with what journeys and costs add up to, and puts right what differs.",
            "Progress of a reconciling, then what differed; the expected number is 0.");
        routes.Map(
            RunNames.Rebuild, "Rebuild", "Makes journeys again from the stored events, beside those that serve, and has them take their place.",
            "Progress of a rebuild, by packs, then what it changed: conversions, ledger lines, rollup cells; the expected numbers are 0.");
    }

    private static void Map(this IEndpointRouteBuilder routes, string kind, string name, string does, string tells)
    {
        routes.MapPost($"/v1/{kind}", async (HttpContext http, IRunStore store, IdGenerator ids, TimeProvider time, CancellationToken cancellation) =>
            {
                if (Caller.FromContext(http).OnlyBrand is not null) return ApiProblems.Create(StatusCodes.Status403Forbidden, "Not for one brand's key", "It goes over all brands: a key that is bound to none may ask for it");
                var now = Timestamp.From(time.GetUtcNow());
                await store.DeleteEndedRunsAsync(kind, now - RunRetention, cancellation);
                var run = new RunDocument { Id = ids.Next(), Kind = kind, Request = [.. "{\"by\":\"request\"}"u8], CreatedAt = now, UpdatedAt = now };
                return await store.TryAddRunAsync(run, most: 1, cancellation)
                    ? Results.Json(RunAnswer.FromDocument(run), ReportJson.Options, statusCode: StatusCodes.Status202Accepted)
                    : ApiProblems.Create(StatusCodes.Status409Conflict, $"A {kind} goes on already", "One at a time; ask again when it has ended");
            })
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName(name).WithSummary(does)
            .Produces<RunAnswer>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet($"/v1/{kind}/{{id}}", async ([Description("The id that was answered.")] string id, HttpContext http, IRunStore store, CancellationToken cancellation) =>
                Caller.FromContext(http).OnlyBrand is null && Guid.TryParse(id, out var run) && await store.FindRunAsync(kind, run, cancellation) is { } found
                    ? Results.Json(RunAnswer.FromDocument(found), ReportJson.Options)
                    : ApiProblems.NotFound($"There is no such run; POST /v1/{kind} begins one, and it is kept for 30 days"))
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName($"Get{name}").WithSummary(tells)
            .Produces<RunAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
