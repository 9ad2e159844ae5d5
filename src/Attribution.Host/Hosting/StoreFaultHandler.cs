using System.Globalization;
using Attribution.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Attribution.Host.Hosting;

/// <summary>
/// Answers 503 when the store fails a request: with <c>Retry-After</c> if the same request may succeed later. The log has
/// one entry for the outage (<see cref="StoreCondition"/>), none for each request.
/// </summary>
internal sealed class StoreFaultHandler(StoreCondition condition, IProblemDetailsService problems) : IExceptionHandler
{
    /// <summary>Seconds after which a request may be repeated.</summary>
    public const int RetryAfterSeconds = 2;

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (FindFault(exception) is not { } fault) return false;
        condition.Report(fault);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        if (fault.IsTransient) httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails =
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Detail = fault.IsTransient
                    ? "The store is unavailable. Repeat the request after the seconds in Retry-After; repeating is safe."
                    : "The store cannot be used. The operator finds the cause in the log and at /healthz/ready.",
            },
        });
    }

    private static StoreFaultException? FindFault(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is StoreFaultException fault) return fault;
        return null;
    }
}
