using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Routes of pages and of their forms.</summary>
internal static class PageRoutes
{
    /// <summary>
    /// Maps a page. The handler returns the answer that the component shows, a <see cref="QueryProblem"/> for the error
    /// page, a <see cref="PageRedirect"/>, or <see cref="PageWritten"/>.
    /// </summary>
    public static RouteHandlerBuilder MapPage<TPage>(
        this IEndpointRouteBuilder routes,
        string pattern,
        Func<PageContext, Task<object>> handler,
        params string[] parameters)
        where TPage : IComponent =>
        routes.MapGet(pattern, (
                HttpContext http,
                CatalogCache catalog,
                TimeProvider time,
                PageModel model,
                CancellationToken cancellation) =>
                ShowAsync<TPage>(http, catalog, time, model, handler, StatusCodes.Status200OK, cancellation))
            .AllowQueryParameters([.. PageScope.SharedParameters, .. parameters])
            .ExcludeFromDescription();

    /// <summary>
    /// Maps the post of a form. The handler returns a redirect, or the answer that the component shows with status 400
    /// because the form was refused.
    /// </summary>
    public static RouteHandlerBuilder MapForm<TPage>(
        this IEndpointRouteBuilder routes,
        string pattern,
        KeyScopes scope,
        Func<PageContext, IFormCollection, Task<object>> handler,
        params string[] parameters)
        where TPage : IComponent =>
        routes.MapPost(pattern, (
                HttpContext http,
                CatalogCache catalog,
                TimeProvider time,
                PageModel model,
                CancellationToken cancellation) =>
                ShowAsync<TPage>(
                    http, catalog, time, model,
                    async page => await handler(page, await http.Request.ReadFormAsync(cancellation)),
                    StatusCodes.Status400BadRequest, cancellation))
            .RequireScope(scope)
            .WithMetadata(new RequiresFormToken())
            .AllowQueryParameters([.. PageScope.SharedParameters, .. parameters])
            .ExcludeFromDescription();

    private static async Task ShowAsync<TPage>(
        HttpContext http,
        CatalogCache catalog,
        TimeProvider time,
        PageModel model,
        Func<PageContext, Task<object>> handler,
        int status,
        CancellationToken cancellation)
        where TPage : IComponent
    {
        var now = Timestamp.From(time.GetUtcNow());
        var snapshot = await catalog.RefreshAsync(cancellation);
        var answer = PageScope.Parse(http.Request, snapshot, now).TryGet(out var scope, out var problem)
            ? await handler(new PageContext(http, scope, now, cancellation))
            : problem;
        switch (answer)
        {
            case PageWritten:
                break;
            case PageRedirect redirect:
                http.Response.Redirect(redirect.Url);
                break;
            case QueryProblem failure:
                model.Initialize(http, scope, failure);
                await new RazorComponentResult<ErrorPage> { StatusCode = failure.Status }.ExecuteAsync(http);
                break;
            case FormCompleted completed:
                model.Initialize(http, scope, completed.Answer);
                await new RazorComponentResult<TPage>().ExecuteAsync(http);
                break;
            default:
                model.Initialize(http, scope, answer);
                await new RazorComponentResult<TPage> { StatusCode = status }.ExecuteAsync(http);
                break;
        }
    }
}
