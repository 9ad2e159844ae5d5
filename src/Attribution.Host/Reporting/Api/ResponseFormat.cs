using System.Diagnostics.CodeAnalysis;
using Attribution.Host.Reporting.Export;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>The choice between JSON and a table: CSV, or a workbook.</summary>
internal static class ResponseFormat
{
    /// <summary>
    /// Reads the requested format: the parameter <c>format</c>; if it is absent, the header <c>Accept</c>; otherwise
    /// JSON.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="isTable">True if a table is requested.</param>
    /// <param name="problem">The problem of an unknown format or option; otherwise null.</param>
    /// <returns>False if the format is unknown.</returns>
    public static bool TryRead(HttpRequest request, out bool isTable, [NotNullWhen(false)] out QueryProblem? problem)
    {
        var format = request.Query.TryGetValue("format", out var values) ? values.ToString() : null;
        var options = request.Query[TableFormat.OptionsParameter].ToString();
        isTable = format is "csv" or "xlsx" || (format is null && PrefersCsv(request));
        if (format is not (null or "json" or "csv" or "xlsx"))
            problem = QueryProblem.BadParameter("format", "Must be json, csv or xlsx");
        else if (!isTable && options.Length > 0)
            problem = QueryProblem.BadParameter(TableFormat.OptionsParameter, "These are options of csv and xlsx");
        else
            TableFormat.Parse(format == "xlsx", options).TryGet(out _, out problem);
        return problem is null;
    }

    private static bool PrefersCsv(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .Select(type => type.MediaType.Value)
            .FirstOrDefault(type => type is "text/csv" or "application/json" or "*/*") == "text/csv";
}
