using System.ComponentModel;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries.Payouts;
using Attribution.Storage.Access;
using Attribution.Storage.Payouts;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoints below <c>/v1/statements</c>: payout statements by creator and month.</summary>
internal static class PayoutStatementEndpoints
{
    public static void MapPayoutStatements(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/statements", async (
                [Description("Required. Id of the creator.")] string? creator,
                [Description("Required. The month, for example 2026-03.")] string? month,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Format)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, PayoutStatementService statements,
                CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)
                    || !(await PayoutStatementQueries.FindAsync(
                        creator, month, brand, await source.RefreshAsync(cancellation), statements, cancellation))
                        .TryGet(out var statement, out problem))
                    return problem.ToResult();
                return isTable ? await ApiResults.WrittenAsync(
                    PayoutStatementCsv.WriteAsync(http.Response, statement, cancellation)) : ApiResults.Json(statement);
            })
            .AllowQueryParameters("creator", "month", "brand", "format", "options")
            .WithTags("Statements").WithName("GetStatement")
            .WithSummary("Returns a creator's statement of a month: as closed, or as closing would produce it now.")
            .WithDescription(
                "A line is the amount of an order or adjustment that became payable by the last day of the month, "
                    + "minus the amount in earlier statements. "
                + "A refund of a stated amount is therefore a claw-back, and a negative total is carried to the next "
                    + "statement.")
            .Produces<StatementAnswer>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/v1/statements/months/{month}", async (
                [Description(ParameterDescriptions.Month)] string month,
                [Description(ParameterDescriptions.Brand)] string? brand,
                [Description(ParameterDescriptions.Format)] string? format,
                [Description(ParameterDescriptions.TableOptions)] string? options,
                HttpContext http, CallerCatalog source, PayoutStatementService statements,
                CancellationToken cancellation) =>
            {
                if (!ResponseFormat.TryRead(http.Request, out var isTable, out var problem)
                    || !(await PayoutStatementQueries.ListAsync(
                        month, brand, await source.RefreshAsync(cancellation), statements, cancellation))
                        .TryGet(out var list, out problem))
                    return problem.ToResult();
                return isTable ? await ApiResults.WrittenAsync(
                    PayoutStatementCsv.WriteAsync(http.Response, list, cancellation)) : ApiResults.Json(list);
            })
            .AllowQueryParameters("brand", "format", "options")
            .WithTags("Statements").WithName("ListStatements")
            .WithSummary("Lists every creator's statement of a month, with totals: the amounts to pay.")
            .WithDescription(
                "Ordered by creator, without creators that have nothing to state and nothing pending. For the lines of "
                + "a statement, use GET /v1/statements?creator=…&month=….")
            .Produces<StatementMonth>(StatusCodes.Status200OK, "application/json", "text/csv", TableFormat.WorkbookType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/v1/statements/{number}", async (
                [Description(ParameterDescriptions.StatementNumber)] string number,
                [Description(ParameterDescriptions.Brand)] string? brand,
                CallerCatalog source, IPayoutStatementStore store, CancellationToken cancellation) =>
                (await PayoutStatementQueries.FindClosedAsync(
                    number, brand, await source.RefreshAsync(cancellation), store, cancellation)).ToResult())
            .AllowQueryParameters("brand")
            .WithTags("Statements").WithName("GetStatementByNumber")
            .WithSummary("Returns a closed statement by its number.")
            .Produces<StatementAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        MapCommands(routes);
    }

    private static void MapCommands(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/statements/close", async (
                HttpContext http, CallerCatalog source, IPayoutStatementStore store, PayoutStatementService statements,
                CancellationToken cancellation) =>
                (await JsonRequest.ReadAsync<CloseRequest>(http.Request, cancellation))
                    .TryGet(out var request, out var problem)
                    ? (await PayoutStatementCommands.CloseAsync(
                        request, Caller.FromContext(http), await source.RefreshAsync(cancellation), store, statements,
                        cancellation)).ToResult()
                    : problem.ToResult())
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("CloseStatements")
            .WithSummary("Closes a month for one creator or for all creators: the statements get numbers and never "
            + "change again.")
            .WithDescription(
                "A month can be closed after it has ended, and before any later month. Statements that are already "
                + "closed are returned unchanged; creators with nothing to state get none.")
            .Accepts<CloseRequest>("application/json").Produces<StatementsAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapPost("/v1/statements/approve", async (
            HttpContext http, CallerCatalog source, PayoutStatementService statements, CancellationToken cancellation) =>
                (await JsonRequest.ReadAsync<ApproveRequest>(http.Request, cancellation))
                    .TryGet(out var request, out var problem)
                    ? (await PayoutStatementCommands.ApproveAsync(
                        request, Caller.FromContext(http), await source.RefreshAsync(cancellation), statements,
                        cancellation)).ToResult()
                    : problem.ToResult())
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("ApproveCommission")
            .WithSummary("Approves commission of agreements with manual approval: all that a creator accrued by the "
                + "end of a month, or the given items.")
            .Accepts<ApproveRequest>("application/json").Produces<ApproveAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapPost("/v1/statements/{number}/paid", async (
                [Description(ParameterDescriptions.StatementNumber)] string number,
                HttpContext http, CallerCatalog source, PayoutStatementService statements,
                CancellationToken cancellation) =>
                (await JsonRequest.ReadAsync<PaidRequest>(http.Request, cancellation))
                    .TryGet(out var request, out var problem)
                    ? (await PayoutStatementCommands.PayAsync(
                        number, request, Caller.FromContext(http), await source.RefreshAsync(cancellation), statements,
                        cancellation)).ToResult()
                    : problem.ToResult())
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Statements").WithName("PayStatement").WithSummary(
                "Records the payment of a closed statement: the caller, the time and the payment's reference.")
            .WithDescription(
                "The first recorded payment is kept. An amount taken back later becomes a negative line of a later "
                + "statement.")
            .Accepts<PaidRequest>("application/json").Produces<StatementAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }
}
