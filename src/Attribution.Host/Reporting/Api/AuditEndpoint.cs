using System.ComponentModel;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Api;

/// <summary>The endpoint <c>GET /v1/audit</c>: the audit log.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", async (
                [Description(ParameterDescriptions.Limit)] string? limit,
                [Description(ParameterDescriptions.Cursor)] string? cursor,
                HttpContext http, IAuditStore store, CancellationToken cancellation) =>
                (await AuditQuery.RunAsync(limit, cursor, Caller.FromContext(http), store, cancellation)).ToResult())
            .AllowQueryParameters("limit", "cursor").RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName("GetAuditLog")
            .WithSummary("Lists operator actions such as catalog writes, rebuild requests and new keys, with caller "
            + "and time; newest first.")
            .Produces<AuditPage>().ProducesProblem(StatusCodes.Status400BadRequest);
}
