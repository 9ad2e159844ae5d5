using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;
using Attribution.Storage.Rollups;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages;

/// <summary>How an address becomes a page, and a form an act.</summary>
internal static class PageRoutes
{
    /// <summary>Shows a component over what is answered: a value, a problem (told on a page of its own), or a redirection.</summary>
    public static RouteHandlerBuilder MapPage<TPage>(this IEndpointRouteBuilder routes, string pattern, Func<PageContext, Task<object>> answer, params string[] more) where TPage : IComponent =>
        routes.MapGet(pattern, (HttpContext http, CatalogCache source, TimeProvider time, PageModel shown, CancellationToken cancellation) =>
                ShowAsync<TPage>(http, source, time, shown, answer, StatusCodes.Status200OK, cancellation))
            .AllowQueryParameters([.. PageScope.SharedParameters, .. more]).ExcludeFromDescription();

    /// <summary>Does what a form of ours asks for: answers where to go then, or what the component shows instead, since it could not be done (400).</summary>
    public static RouteHandlerBuilder MapForm<TPage>(
        this IEndpointRouteBuilder routes, string pattern, KeyScopes scope, Func<PageContext, IFormCollection, Task<object>> act, params string[] more) where TPage : IComponent =>
        routes.MapPost(pattern, (HttpContext http, CatalogCache source, TimeProvider time, PageModel shown, CancellationToken cancellation) =>
                ShowAsync<TPage>(http, source, time, shown, async page => await act(page, await http.Request.ReadFormAsync(cancellation)), StatusCodes.Status400BadRequest, cancellation))
            .RequireScope(scope).WithMetadata(new RequiresFormToken()).AllowQueryParameters([.. PageScope.SharedParameters, .. more]).ExcludeFromDescription();

    private static async Task<IResult> ShowAsync<TPage>(
        HttpContext http, CatalogCache source, TimeProvider time, PageModel shown, Func<PageContext, Task<object>> answer, int status, CancellationToken cancellation) where TPage : IComponent
    {
        var now = Timestamp.From(time.GetUtcNow());
        var (view, fault) = PageScope.Parse(http.Request, await source.RefreshAsync(cancellation), now);
        var found = view is null ? fault! : await answer(new PageContext(http, view, now, cancellation));
        if (found is FormCompleted done) (found, status) = (done.Answer, StatusCodes.Status200OK);
        if (found is IValueHttpResult { Value: { } value } and not ProblemHttpResult) found = value;
        else if (found is IResult and not ProblemHttpResult) return (IResult)found;
        shown.Initialize(http, view, found);
        return found is ProblemHttpResult problem
            ? new RazorComponentResult<ErrorPage> { StatusCode = problem.StatusCode }
            : new RazorComponentResult<TPage> { StatusCode = status };
    }
}

/// <summary>What a form shows in place of leading elsewhere, though what it asked for was done.</summary>
internal sealed record FormCompleted(object Answer);

/// <summary>A call of a page.</summary>
internal sealed record PageContext(HttpContext Http, PageScope Scope, Timestamp Now, CancellationToken Cancellation)
{
    public T GetService<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    public string? GetRouteValue(string name) => Http.Request.RouteValues[name] as string;

    public async Task<RollupAnswer> ReadRollupsAsync(RollupQuery query) => (await ReadRollupsAsync([query]))[0];

    /// <summary>Several answers, as of one moment.</summary>
    public Task<IReadOnlyList<RollupAnswer>> ReadRollupsAsync(params IReadOnlyList<RollupQuery> queries) => RollupAnswer.ReadAllAsync(queries, GetService<IRollupStore>(), Now, Cancellation);
}
