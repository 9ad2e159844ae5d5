using Attribution.Core.Catalog;

namespace Attribution.Host.Reporting.Queries;

/// <summary>
/// The reason a query or command has no answer. The API returns it as a problem (RFC 9457), pages show it as text.
/// </summary>
/// <param name="Status">HTTP status that describes it.</param>
/// <param name="Title">Short text that is the same for every problem of the kind.</param>
/// <param name="Detail">Cause of this problem and how to correct the request.</param>
internal sealed record QueryProblem(int Status, string Title, string Detail)
{
    /// <summary>Gets the name of the invalid query parameter; null if the problem is not about one.</summary>
    public string? Parameter { get; init; }

    /// <summary>Gets the faults of an invalid body; null if the problem is not about one.</summary>
    public IReadOnlyList<CatalogFault>? Errors { get; init; }

    /// <summary>Gets the refunds that were reported of a missing order; null for every other problem.</summary>
    public IReadOnlyList<ConversionRefund>? Refunds { get; init; }

    /// <summary>Creates the problem of an invalid request.</summary>
    public static QueryProblem BadRequest(string title, string detail) =>
        new(StatusCodes.Status400BadRequest, title, detail);

    /// <summary>Creates the problem of an invalid query parameter.</summary>
    public static QueryProblem BadParameter(string name, string detail) =>
        new(StatusCodes.Status400BadRequest, $"The parameter '{name}' cannot be used", detail) { Parameter = name };

    /// <summary>Creates the problem of an item that does not exist or is not visible to the caller.</summary>
    public static QueryProblem NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not found", detail);

    /// <summary>Creates the problem of a caller who may not do this.</summary>
    public static QueryProblem Forbidden(string title, string detail) =>
        new(StatusCodes.Status403Forbidden, title, detail);

    /// <summary>Creates the problem of a request that conflicts with the current state.</summary>
    public static QueryProblem Conflict(string title, string detail) =>
        new(StatusCodes.Status409Conflict, title, detail);

    /// <summary>Creates the problem of an invalid body, with all of its faults.</summary>
    public static QueryProblem ValidationFailed(int status, string title, IReadOnlyList<CatalogFault> faults) =>
        new(status, title, faults.Count == 1 ? Describe(faults[0])
            : $"{faults.Count} faults, listed under errors") { Errors = faults };

    private static string Describe(CatalogFault fault) =>
        fault.Pointer.Length == 0 ? fault.Detail : $"{fault.Pointer}: {fault.Detail}";

    /// <summary>Creates the problem of a cursor that was not returned by the list.</summary>
    public static QueryProblem UnknownCursor() =>
        BadParameter("cursor", "Unknown cursor. Send the cursor of the previous page, or omit it");

    /// <summary>Creates the problem of a download that was requested in pages.</summary>
    /// <param name="limit">The given limit; null if only a cursor was given.</param>
    public static QueryProblem PagingNotAllowed(string? limit) =>
        BadParameter(limit is null ? "cursor" : "limit", "A download contains the whole list. Omit the parameter");
}
