using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;
using Attribution.Storage.Rollups;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Attribution.Host.Reporting.Pages;

/// <summary>How an address becomes a page, and a form an act.</summary>
internal static class PageRoutes
{
    /// <summary>Maps a page. Its answer is the value that the component shows, a <see cref="QueryProblem"/>, a <see cref="PageRedirect"/> or a <see cref="PageWritten"/>.</summary>
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

    private static async Task ShowAsync<TPage>(
        HttpContext http, CatalogCache source, TimeProvider time, PageModel shown, Func<PageContext, Task<object>> answer, int status, CancellationToken cancellation) where TPage : IComponent
    {
        var now = Timestamp.From(time.GetUtcNow());
        var found = PageScope.Parse(http.Request, await source.RefreshAsync(cancellation), now).TryGet(out var scope, out var invalid)
            ? await answer(new PageContext(http, scope, now, cancellation))
            : invalid;
        if (found is PageWritten) return;
        if (found is PageRedirect redirect)
        {
            http.Response.Redirect(redirect.Url);
            return;
        }
        if (found is FormCompleted done) (found, status) = (done.Answer, StatusCodes.Status200OK);
        shown.Initialize(http, scope, found);
        await (found is QueryProblem problem
            ? new RazorComponentResult<ErrorPage> { StatusCode = problem.Status }.ExecuteAsync(http)
            : new RazorComponentResult<TPage> { StatusCode = status }.ExecuteAsync(http));
    }
}

/// <summary>The answer of a form that succeeded but shows a page instead of redirecting.</summary>
internal sealed record FormCompleted(object Answer);

/// <summary>A redirect to a local address.</summary>
internal sealed record PageRedirect(string Url);

/// <summary>The answer of a page that wrote the response itself.</summary>
internal sealed record PageWritten
{
    public static readonly PageWritten Instance = new();
}

/// <summary>A call of a page.</summary>
internal sealed record PageContext(HttpContext Http, PageScope Scope, Timestamp Now, CancellationToken Cancellation)
{
    public T GetService<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    public string? GetRouteValue(string name) => Http.Request.RouteValues[name] as string;

    public async Task<RollupAnswer> ReadRollupsAsync(RollupQuery query) => (await ReadRollupsAsync([query]))[0];

    /// <summary>Several answers, as of one moment.</summary>
    public Task<IReadOnlyList<RollupAnswer>> ReadRollupsAsync(params IReadOnlyList<RollupQuery> queries) => RollupAnswer.ReadAllAsync(queries, GetService<IRollupStore>(), Now, Cancellation);
}
