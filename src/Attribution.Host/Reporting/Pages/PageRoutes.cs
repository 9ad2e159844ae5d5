using Attribution.Core.Values;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Reporting.Api;
using Attribution.Host.Reporting.Queries;
using Attribution.Host.Reporting.Queries.Rollups;
using Attribution.Storage.Access;
using Attribution.Storage.Rollups;
using Microsoft.AspNetCore.Antiforgery;
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
                CallerCatalog catalog,
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
                CallerCatalog catalog,
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
        CallerCatalog catalog,
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
            case OtherPage other:
                model.Initialize(http, scope, other.Answer);
                await new RazorComponentResult(other.Component).ExecuteAsync(http);
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

/// <summary>Request of a page.</summary>
/// <param name="Http">The HTTP request and response.</param>
/// <param name="Scope">The scope that the address describes.</param>
/// <param name="Now">The time of the request.</param>
/// <param name="Cancellation">Canceled when the client disconnects.</param>
internal sealed record PageContext(HttpContext Http, PageScope Scope, Timestamp Now, CancellationToken Cancellation)
{
    /// <summary>Gets the address by which the client reached this host, without a path.</summary>
    public string HostAddress => $"{Http.Request.Scheme}://{Http.Request.Host}";

    public T GetService<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>Returns a value of the route; null if the route has none with this name.</summary>
    public string? GetRouteValue(string name) => Http.Request.RouteValues[name] as string;

    /// <summary>Reads one answer.</summary>
    public async Task<RollupAnswer> SumRollupsAsync(RollupQuery query) => (await SumRollupsAsync([query]))[0];

    /// <summary>Reads several answers from one snapshot, so that their sums agree.</summary>
    public Task<IReadOnlyList<RollupAnswer>> SumRollupsAsync(params IReadOnlyList<RollupQuery> queries) =>
        RollupAnswer.ReadAllAsync(queries, GetService<IRollupStore>(), Now, Cancellation);
}

/// <summary>Contents of the page of one request. Endpoints fill it, components read it. Scoped service.</summary>
internal sealed class PageModel(IAntiforgery antiforgery)
{
    private HttpContext? http;
    private object? answer;

    /// <summary>Gets the scope of the page; null if the address is invalid or the page has no scope.</summary>
    public PageScope? Scope { get; private set; }

    /// <summary>Gets the scope of the page.</summary>
    public PageScope RequiredScope =>
        Scope ?? throw new InvalidOperationException("The page has no scope: its address is invalid.");

    /// <summary>Gets the caller; null on public pages.</summary>
    public Caller? Caller => http?.Features.Get<ICallerFeature>()?.Caller;

    /// <summary>Gets the antiforgery tokens of the page's forms. The first access sets the cookie.</summary>
    public AntiforgeryTokenSet AntiforgeryTokens => field ??= antiforgery.GetAndStoreTokens(
        http ?? throw new InvalidOperationException("The page model is not initialized."));

    /// <summary>Indicates whether the caller has a scope. Pages omit the forms that the caller may not use.</summary>
    public bool IsAllowed(KeyScopes scope) => Caller?.HasScope(scope) == true;

    /// <summary>Returns the answer that the page shows.</summary>
    public T GetAnswer<T>() where T : class => (T)answer!;

    /// <summary>Returns the answer if it has this type; otherwise null.</summary>
    public T? FindAnswer<T>() where T : class => answer as T;

    /// <summary>Sets the contents.</summary>
    public void Initialize(HttpContext request, PageScope? scope, object? model) =>
        (http, Scope, answer) = (request, scope, model);
}

/// <summary>Answer of a form that succeeded and that is shown without a redirect.</summary>
internal sealed record FormCompleted(object Answer);

/// <summary>Answer that another component shows than that of the route.</summary>
internal sealed record OtherPage(Type Component, object Answer);

/// <summary>Redirect to a local address.</summary>
internal sealed record PageRedirect(string Url);

/// <summary>Outcome of a page that has written the response itself.</summary>
internal sealed record PageWritten
{
    public static readonly PageWritten Instance = new();

    private PageWritten()
    {
    }
}
