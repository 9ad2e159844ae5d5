using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Audit log of requests that change something and require the scope <c>edit</c> or <c>admin</c>. Writes caller, time
/// and action before the request runs, so that nothing is done without an entry, and adds the status code afterwards.
/// Runs after <see cref="AccessMiddleware"/>.
/// </summary>
internal sealed partial class AuditMiddleware(
    RequestDelegate next, IAuditStore store, TimeProvider time, ILogger<AuditMiddleware> logger)
{
    private const int MaxActionLength = 300;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<ICallerFeature>() is not { Caller: var caller })
        {
            await next(http);
            return;
        }

        var path = http.Request.Path.Value ?? "";
        var entry = new AuditEntry
        {
            At = Timestamp.From(time.GetUtcNow()), By = caller.Name, KeyId = caller.KeyId,
            Action = $"{http.Request.Method} {(path.Length <= MaxActionLength ? path : path[..MaxActionLength])}",
        };
        var number = await store.AddAuditEntryAsync(entry, http.RequestAborted);
        await next(http);
        try
        {
            // The request has taken effect even if its caller has disconnected.
            await store.CompleteAuditEntryAsync(number, http.Response.StatusCode, CancellationToken.None);
        }
        catch (StoreFaultException e)
        {
            LogLost(e, entry.By, entry.Action);
        }
    }

    [LoggerMessage(EventIds.AuditOutcomeLost, LogLevel.Error, "The outcome of {Action}, requested by '{By}', could not be written to the audit log")]
    private partial void LogLost(Exception exception, string by, string action);
}
