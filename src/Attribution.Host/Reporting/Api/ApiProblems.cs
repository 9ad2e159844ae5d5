using Attribution.Core.Catalog;

namespace Attribution.Host.Reporting.Api;

/// <summary>RFC 9457 answers of this stage. One clear message each: what, where, why, how to put it right.</summary>
internal static class ApiProblems
{
    /// <summary>The request as a whole is at fault.</summary>
    public static IResult BadRequest(string title, string detail) => Create(StatusCodes.Status400BadRequest, title, detail);

    /// <summary>A query parameter is at fault.</summary>
    public static IResult BadParameter(string name, string detail) =>
        Results.Problem(
            detail, statusCode: StatusCodes.Status400BadRequest, title: $"The parameter '{name}' cannot be used",
            extensions: new Dictionary<string, object?> { ["parameter"] = name });

    /// <summary>What was asked for does not exist.</summary>
    public static IResult NotFound(string detail) => Create(StatusCodes.Status404NotFound, "Not found", detail);

    /// <summary>Any other status.</summary>
    public static IResult Create(int status, string title, string detail) => Results.Problem(detail, statusCode: status, title: title);

    /// <summary>A body is at fault; every fault is listed.</summary>
    public static IResult ValidationFailed(int status, string title, IReadOnlyList<CatalogFault> faults) =>
        Results.Problem(
            faults.Count == 1 ? faults[0].Detail : $"{faults.Count} faults, listed under errors", statusCode: status, title: title,
            extensions: new Dictionary<string, object?> { ["errors"] = faults });
}
