using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>
/// Strict validation of query parameters: an unknown or repeated parameter is rejected by name, never ignored.
/// </summary>
internal static class QueryParameters
{
    /// <summary>Restricts an endpoint to these query parameters, each given at most once.</summary>
    public static RouteHandlerBuilder AllowQueryParameters(this RouteHandlerBuilder route, params string[] known) =>
        route.WithMetadata(new QueryParameterNames(known))
            .AddEndpointFilter(async (context, next) =>
                FindProblem(context.HttpContext.Request.Query, known)?.ToResult() ?? await next(context));

    private static QueryProblem? FindProblem(IQueryCollection query, string[] known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
                return QueryProblem.BadParameter(
                    name, known.Length == 0 ? "This endpoint takes no parameters"
                        : $"Unknown parameter{SimilarNames.Suggest(name, known)}. Known parameters: {string.Join(", ", known)}");
            if (values.Count > 1) return QueryProblem.BadParameter(name, "The parameter is repeated. Send it once");
        }
        return null;
    }
}
