using System.Diagnostics.CodeAnalysis;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>The choice between JSON and CSV.</summary>
internal static class ResponseFormat
{
    /// <summary>
    /// Reads the requested format: the parameter <c>format</c>; if it is absent, the header <c>Accept</c>; otherwise
    /// JSON.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="isCsv">True if CSV is requested.</param>
    /// <param name="problem">The problem of an unknown format; otherwise null.</param>
    /// <returns>False if the format is unknown.</returns>
    public static bool TryRead(HttpRequest request, out bool isCsv, [NotNullWhen(false)] out QueryProblem? problem)
    {
        var format = request.Query.TryGetValue("format", out var values) ? values.ToString() : null;
        isCsv = format == "csv" || (format is null && PrefersCsv(request));
        problem = format is null or "json" or "csv" ? null : QueryProblem.BadParameter("format", "Must be json or csv");
        return problem is null;
    }

    private static bool PrefersCsv(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .Select(type => type.MediaType.Value)
            .FirstOrDefault(type => type is "text/csv" or "application/json" or "*/*") == "text/csv";
}
