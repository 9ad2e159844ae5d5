using Attribution.Host.Access;
using Attribution.Storage.Access;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the audit log.</summary>
internal static class AuditQuery
{
    /// <summary>Reads a page, newest first. Callers restricted to a brand are rejected.</summary>
    public static async Task<QueryResult<AuditPage>> RunAsync(
        string? limit, string? cursor, Caller caller, IAuditStore store, CancellationToken cancellation)
    {
        if (CallerBrand.RequireAllBrands(caller) is { } forbidden) return forbidden;
        if (!PageRequest.Parse(limit, cursor).TryGet(out var page, out var problem)) return problem;
        if (!page.TryGetNumber(out var before)) return QueryProblem.UnknownCursor();
        var entries = await store.ReadAuditLogAsync(before, page.Limit + 1, cancellation);
        return new AuditPage(
            [.. entries.Take(page.Limit).Select(
                entry => new AuditLine(
                entry.At.ToDateTimeOffset(), entry.By, entry.KeyId, entry.Action, entry.Status))],
            entries.Count > page.Limit ? PageRequest.EncodeCursor(entries[page.Limit - 1].Number) : null);
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">Entries, newest first.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record AuditPage(IReadOnlyList<AuditLine> Entries, string? Cursor);

/// <summary>An action of an operator.</summary>
/// <param name="At">Time of the action.</param>
/// <param name="By">Name of the API key or user; <c>local</c> if none existed; <c>command line</c>.</param>
/// <param name="KeyId">Id of the API key; null without one.</param>
/// <param name="Action">Method and path, or the command.</param>
/// <param name="Status">
/// HTTP status; null for commands, and for requests that are still running or were interrupted.
/// </param>
internal sealed record AuditLine(DateTimeOffset At, string By, string? KeyId, string Action, int? Status);
