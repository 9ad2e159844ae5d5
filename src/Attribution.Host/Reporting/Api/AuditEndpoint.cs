using System.ComponentModel;
using System.Globalization;
using Attribution.Host.Access;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Api;

/// <summary>Who did what and when.</summary>
internal static class AuditEndpoint
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/audit", async (
                [Description("Most entries of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the first page.")] string? cursor,
                HttpContext http, IAuditStore store, CancellationToken cancellation) => await ListAsync(limit, cursor, http, store, cancellation))
            .AllowQueryParameters("limit", "cursor").RequireScope(KeyScopes.Admin)
            .WithTags("Operate").WithName("GetAuditLog").WithSummary("Who wrote to the catalog, asked for a rebuild, made a key, …, and when; newest first.")
            .Produces<AuditPage>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> ListAsync(string? limitText, string? cursor, HttpContext http, IAuditStore store, CancellationToken cancellation)
    {
        if (Caller.FromContext(http).OnlyBrand is not null) return ApiProblems.Create(StatusCodes.Status403Forbidden, "Not for one brand's key", "It goes over all brands: a key that is bound to none may ask for it");
        if (!QueryParameters.TryReadLimit(limitText, out var limit, out var fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
        long? before = null;
        if (after.Length > 0)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return QueryParameters.UnknownCursor();
            before = number;
        }

        var entries = await store.ReadAuditLogAsync(before, limit + 1, cancellation);
        var next = entries.Count > limit ? QueryParameters.EncodeCursor(entries[limit - 1].Number.ToString(CultureInfo.InvariantCulture)) : null;
        return Results.Json(
            new AuditPage([.. entries.Take(limit).Select(entry => new AuditLine(entry.At.ToDateTimeOffset(), entry.By, entry.KeyId, entry.Action, entry.Status))], next), ReportJson.Options);
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
internal sealed record AuditPage(IReadOnlyList<AuditLine> Entries, string? Cursor);

/// <summary>Something an operator did.</summary>
/// <param name="At">When.</param>
/// <param name="By">The API key's name; <c>local</c> while there were none; <c>command line</c>.</param>
/// <param name="KeyId">The API key's id; null without one.</param>
/// <param name="Action">Method and path, or the command.</param>
/// <param name="Status">The HTTP status; null of a command, of what goes on still, and of what was cut off in the middle.</param>
internal sealed record AuditLine(DateTimeOffset At, string By, string? KeyId, string Action, int? Status);
