using Attribution.Core.Values;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Access;

namespace Attribution.Host.Access;

/// <summary>
/// Keeps who did what and when, of everything that only editors and operators may do and that changes something: before it is done, so that nothing is
/// done that is not kept, and afterwards how it ended. Comes behind the gate.
/// </summary>
internal sealed partial class AuditMiddleware(RequestDelegate next, IAuditStore store, TimeProvider time, ILogger<AuditMiddleware> logger)
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
            // What was done is done, though its caller went away.
            await store.CompleteAuditEntryAsync(number, http.Response.StatusCode, CancellationToken.None);
        }
        catch (StoreFaultException e)
        {
            LogLost(e, entry.By, entry.Action);
        }
    }

    [LoggerMessage(EventIds.AuditOutcomeLost, LogLevel.Error, "How it ended could not be kept in the audit log, that '{By}' asked for {Action}")]
    private partial void LogLost(Exception exception, string by, string action);
}
