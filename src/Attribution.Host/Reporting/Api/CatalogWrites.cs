using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Host.Access;
using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>The HTTP adapter of catalog writes: bodies, preconditions, statuses and headers.</summary>
internal static class CatalogWrites
{
    private const int MaxItemBytes = 2 * 1024 * 1024;

    /// <summary>Returns an item with its ETag.</summary>
    public static IResult ItemResult(HttpContext http, ICatalogItem item, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.ETag = WritePrecondition.ComputeETag(item);
        return ApiResults.Json<object>(item, status);
    }

    /// <summary>Writes an item.</summary>
    public static async Task<IResult> PutAsync(
        CatalogKindInfo kind, string id, HttpRequest request, CatalogWriter writer, CancellationToken cancellation)
    {
        if (RequestBody.MediaType(request) is not ("" or "application/json"))
            return new QueryProblem(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type",
                "Send application/json").ToResult();
        var (body, problem) = await RequestBody.ReadAsync(request, MaxItemBytes, cancellation);
        if (problem is not null) return problem.ToResult();
        (var condition, problem) = PreconditionHeaders.Read(request);
        if (problem is not null) return problem.ToResult();

        var (written, faults, known) = await CatalogItemCommands.WriteAsync(
            kind, id, body, condition, Caller.FromContext(request.HttpContext), writer, cancellation);
        if (faults.Count > 0)
            return Refused(StatusCodes.Status400BadRequest, $"{kind.Name}/{id} was not written", faults);
        if (written is null) return WritePrecondition.Failed($"{kind.Name}/{id}", known).ToResult();
        var isNew = known is null;
        if (isNew) request.HttpContext.Response.Headers.Location = $"/v1/{kind.Name}/{id}";
        return ItemResult(request.HttpContext, written, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Deletes an item.</summary>
    public static async Task<IResult> DeleteAsync(
        CatalogKindInfo kind, string id, HttpContext http, CatalogWriter writer, CancellationToken cancellation)
    {
        var (condition, problem) = PreconditionHeaders.Read(http.Request);
        if (problem is not null) return problem.ToResult();
        var reference = new CatalogRef(kind.Kind, id);
        var (deleted, faults, known) = await CatalogItemCommands.DeleteAsync(
            reference, condition, Caller.FromContext(http), writer, cancellation);
        if (known is null) return CatalogVisibility.ItemNotFound(kind, id).ToResult();
        if (deleted is null && faults.Count == 0)
            return WritePrecondition.Failed($"{kind.Name}/{id}", known).ToResult();
        return faults.Count == 0 ? Results.NoContent()
            : Refused(StatusCodes.Status409Conflict, $"{kind.Name}/{id} cannot be deleted", faults);
    }

    private static IResult Refused(int status, string title, IReadOnlyList<CatalogFault> faults) =>
        QueryProblem.ValidationFailed(
        faults.Any(fault => fault.Reason == CatalogFaultReason.BrandNotAllowed) ? StatusCodes.Status403Forbidden
            : status, title, faults).ToResult();
}
