using Attribution.Host.Access;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Antiforgery;

namespace Attribution.Host.Reporting.Pages;

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
    public bool IsAllowed(KeyScopes scope) => Caller?.Scopes.Satisfies(scope) == true;

    /// <summary>Returns the answer that the page shows.</summary>
    public T GetAnswer<T>() where T : class => (T)answer!;

    /// <summary>Returns the answer if it has this type; otherwise null.</summary>
    public T? FindAnswer<T>() where T : class => answer as T;

    /// <summary>Sets the contents.</summary>
    public void Initialize(HttpContext request, PageScope? scope, object? model) =>
        (http, Scope, answer) = (request, scope, model);
}
