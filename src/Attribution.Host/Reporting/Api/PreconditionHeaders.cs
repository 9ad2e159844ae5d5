using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Api;

/// <summary>Reading of the headers <c>If-Match</c> and <c>If-None-Match</c>.</summary>
internal static class PreconditionHeaders
{
    /// <summary>
    /// Reads the precondition of a write. A malformed header is a problem, because a condition is never ignored.
    /// </summary>
    public static (WritePrecondition Condition, QueryProblem? Problem) Read(HttpRequest request)
    {
        IList<EntityTagHeaderValue>? tags = null;
        if (request.Headers.IfMatch.Count > 0
            && !EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out tags))
            return (default, QueryProblem.BadRequest(
                "The header If-Match cannot be read", "Send the ETag exactly as returned, including its quotes, or *"));
        if (request.Headers.IfNoneMatch is { Count: > 0 } none && none.ToString().Trim() != "*")
            return (default, QueryProblem.BadRequest(
                "The header If-None-Match cannot be used",
                "A write accepts only *, which requires that the item does not exist"));
        return (new(tags?.Select(tag => tag.IsWeak ? "" : tag.Tag.ToString()).ToList(),
            request.Headers.IfNoneMatch.Count > 0), null);
    }
}
