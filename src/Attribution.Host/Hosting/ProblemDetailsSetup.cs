namespace Attribution.Host.Hosting;

/// <summary>Every fault of a whole request is an RFC 9457 problem: what, and how to fix it; never a stack trace.</summary>
internal static class ProblemDetailsSetup
{
    /// <summary>Registers the problem details of everything that no endpoint answers itself.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Customize);
        return services.Configure<ExceptionHandlerOptions>(options =>
            options.StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError);
    }

    private static void Customize(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Instance ??= http.Request.Path;
        problem.Detail ??= problem.Status switch
        {
            404 => $"Nothing is at {http.Request.Path}; /openapi/v1.json lists what is.",
            405 => $"{http.Request.Method} is not possible here; the header Allow says what is.",
            413 => $"The body may have at most {WebPipeline.MaxBodySize} bytes; send NDJSON, which streams, or several requests.",
            415 => "The body's content type is none that is read here.",
            500 => "The fault is ours, and logged under the traceId. What was not answered with success can be sent again.",
            _ => context.Exception is BadHttpRequestException bad ? bad.Message : null,
        };
    }
}
