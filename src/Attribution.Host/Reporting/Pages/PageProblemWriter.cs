using Attribution.Host.Reporting.Queries;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.Pages;

/// <summary>
/// Writer of problems as HTML pages for browsers: insufficient permission, unknown addresses and internal errors.
/// Requests to the API receive problem documents (RFC 9457) instead.
/// </summary>
internal sealed class PageProblemWriter(IOptions<ProblemDetailsOptions> options) : IProblemDetailsWriter
{
    private static readonly PathString[] ApiPaths = ["/v1", "/openapi", "/r", "/healthz"];

    public bool CanWrite(ProblemDetailsContext context) =>
        context.HttpContext.Request is var request
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !ApiPaths.Any(path => request.Path.StartsWithSegments(path));

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Status ??= http.Response.StatusCode;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        if (problem.Status == StatusCodes.Status404NotFound) problem.Detail ??= $"There is no page at {http.Request.Path}.";
        options.Value.CustomizeProblemDetails?.Invoke(context);
        var model = http.RequestServices.GetRequiredService<PageModel>();
        model.Initialize(http, null, new QueryProblem(problem.Status.Value, problem.Title, problem.Detail ?? ""));
        await new RazorComponentResult<ErrorPage> { StatusCode = problem.Status }.ExecuteAsync(http);
    }
}
