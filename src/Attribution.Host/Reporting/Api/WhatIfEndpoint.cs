using System.ComponentModel;
using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Jobs;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.WhatIf;
using Attribution.Storage.Runs;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// The endpoints below <c>/v1/what-if</c>: the ledger recomputed with another model, policy or lookback, in the
/// background.
/// </summary>
internal static class WhatIfEndpoint
{
    private const int MaxBodyBytes = 64 * 1024;

    public static void MapWhatIf(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/what-if", async (
            HttpContext http, CallerCatalog source, IRunStore store, IdGenerator ids, TimeProvider time,
            CancellationToken cancellation) =>
            {
                var (body, tooLong) = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, cancellation);
                if (tooLong is not null) return tooLong.ToResult();
                var catalog = await source.RefreshAsync(cancellation);
                return (await WhatIfRuns.StartAsync(
                    body, Caller.FromContext(http), catalog, store, ids, Timestamp.From(time.GetUtcNow()),
                    cancellation)).TryGet(out var run, out var problem)
                    ? ApiResults.Json(RunAnswer.FromDocument(run), StatusCodes.Status202Accepted)
                    : problem.ToResult();
            })
            .AllowQueryParameters()
            .WithTags("Report").WithName("AskWhatIf")
            .WithSummary("Recomputes the ledger of a period with another model, policy or lookback.")
            .WithDescription(
                "Returns the id of a run immediately; GET /v1/what-if/{id} returns its progress, then its rows. The "
                    + "ledger is not changed. Commission includes tiers, caps and guarantees under the current "
                    + "agreements, but no fees. "
                + "Campaigns with lookbacks of their own keep them. Runs are kept for 30 days.")
            .Accepts<WhatIfRequest>("application/json").Produces<RunAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        routes.MapGet("/v1/what-if/{id}", async (
                [Description(ParameterDescriptions.RunId)] string id,
                [Description(ParameterDescriptions.Format)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, IRunStore store, CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)
                    || !(await WhatIfRuns.FindAsync(id, Caller.FromContext(http), store, cancellation))
                        .TryGet(out var found, out problem))
                    return problem.ToResult();
                var run = RunAnswer.FromDocument(found);
                if (!isTable) return ApiResults.Json(run);
                return WhatIfRuns.ReadResult(run) is { } result
                    ? await ApiResults.WrittenAsync(
                        CsvTable.WriteAsync(
                        http.Response, $"what-if-{run.Id}", WhatIfCsvRow.FromAnswer(result), cancellation))
                    : QueryProblem.Conflict("No rows yet", "The run has no rows. Omit format=csv to get its progress")
                        .ToResult();
            })
            .AllowQueryParameters("format", "options")
            .WithTags("Report").WithName("GetWhatIf")
            .WithSummary("Returns the progress of a what-if run, then its rows compared with the ledger.")
            .WithDescription(
                "CSV contains the rows, followed by conversions that are not credited to any placement (attributed is "
                + "false). It is available when the run is done.")
            .Produces<RunAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }
}
