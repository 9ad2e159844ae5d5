using System.Globalization;
using Attribution.Host.Access;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>POST /v1/erase</c>: removes the identifiers of a person.</summary>
internal static class EraseEndpoint
{
    private const int MaxBodyBytes = 16 * 1024;
    private const int RetryAfterSeconds = 5;

    public static void MapErase(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/erase", EraseAsync)
            .AllowQueryParameters().RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName("Erase")
            .WithSummary("Removes the identifiers of a person from all stored data; amounts and sums stay.")
            .WithDescription(
                "The person is identified by exactly one of customerKey and visitorId. Visitor ids, customer keys and "
                    + "click ids of the person's journey are replaced by random tokens in journeys and archived "
                    + "events. "
                + "Their aliases, and rejected events that contain them, are deleted. Addresses keep only their "
                    + "campaign parameters; referrers are removed. Order ids, times, codes and amounts stay, because "
                    + "they belong to the ledger. "
                + "The files are rewritten before the response, so that this host's data folder no longer contains any "
                    + "byte of an identifier. Copies elsewhere, at the broker, in the spools of other processes or in "
                    + "backups, are not reached.")
            .Accepts<EraseRequest>("application/json").Produces<EraseAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DisableRequestTimeout();

    private static async Task<IResult> EraseAsync(HttpContext http, PersonEraser eraser, CancellationToken cancellation)
    {
        if (!(await JsonRequest.ReadAsync<EraseRequest>(http.Request, cancellation, MaxBodyBytes))
            .TryGet(out var request, out var problem)) return problem.ToResult();
        var result = await eraser.EraseAsync(request, Caller.FromContext(http), cancellation);
        if (result.Problem is { Status: StatusCodes.Status503ServiceUnavailable })
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return result.ToResult();
    }
}
