namespace Attribution.Host.Hosting;

/// <summary>RFC 9457 problem details for failed requests: the fault and how to fix it, never a stack trace.</summary>
internal static class ProblemDetailsSetup
{
    /// <summary>Registers the problem details of answers that no endpoint writes itself.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Customize);
        return services.Configure<ExceptionHandlerOptions>(options =>
            options.StatusCodeSelector = e => e is BadHttpRequestException bad
                ? bad.StatusCode
                : StatusCodes.Status500InternalServerError);
    }

    private static void Customize(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Instance ??= http.Request.Path;
        problem.Detail ??= problem.Status switch
        {
            404 => $"There is no endpoint at {http.Request.Path}; /openapi/v1.json lists all endpoints.",
            405 => $"{http.Request.Method} is not allowed here; the header Allow lists the allowed methods.",
            413 => $"The body exceeds the limit of {WebPipeline.MaxBodySize} bytes; send NDJSON, which is streamed, or several requests.",
            415 => "This endpoint does not accept the content type of the body.",
            500 => "Internal error. See the log entry with this traceId. Requests that did not succeed can safely be retried.",
            _ => context.Exception is BadHttpRequestException bad ? bad.Message : null,
        };
    }
}
