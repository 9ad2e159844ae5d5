using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>Conversions of query results to HTTP responses: answers as JSON, problems as RFC 9457 documents.</summary>
internal static class ApiResults
{
    /// <summary>Returns a problem document.</summary>
    public static IResult ToResult(this QueryProblem problem)
    {
        var extensions = new Dictionary<string, object?>();
        if (problem.Parameter is { } parameter) extensions["parameter"] = parameter;
        if (problem.Errors is { } errors) extensions["errors"] = errors;
        if (problem.Refunds is { } refunds) extensions["refunds"] = refunds;
        return Results.Problem(
            problem.Detail, statusCode: problem.Status, title: problem.Title, extensions: extensions);
    }

    /// <summary>Returns the answer as JSON, or the problem.</summary>
    public static IResult ToResult<T>(this QueryResult<T> result, int status = StatusCodes.Status200OK)
        where T : class =>
        result.TryGet(out var value, out var problem) ? Json(value, status) : problem.ToResult();

    /// <summary>Returns an answer as JSON.</summary>
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, ReportJson.Options, statusCode: status);

    /// <summary>Writes a file to the response; nothing is left to return.</summary>
    public static async Task<IResult> WrittenAsync(Task write)
    {
        await write;
        return Results.Empty;
    }
}
