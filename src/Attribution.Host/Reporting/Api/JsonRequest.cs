using Attribution.Host.Reporting.CatalogEditing;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.Api;

/// <summary>Strict reading of JSON bodies: every unknown, missing or mistyped member is reported.</summary>
internal static class JsonRequest
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads the body as a record.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Cancels reading.</param>
    /// <param name="maxBytes">Maximum number of bytes (inclusive).</param>
    public static async Task<QueryResult<T>> ReadAsync<T>(
        HttpRequest request, CancellationToken cancellation, int maxBytes = MaxBytes) where T : class
    {
        var (body, problem) = await RequestBody.ReadAsync(request, maxBytes, cancellation);
        if (problem is not null) return problem;
        var (record, faults) = ItemReader.ReadRecord(typeof(T), body);
        return record is T read ? read
            : QueryProblem.ValidationFailed(StatusCodes.Status400BadRequest, "The request cannot be read", faults);
    }
}
