using Attribution.Host.Access;
using Attribution.Storage.Access;
using Microsoft.AspNetCore.Antiforgery;

namespace Attribution.Host.Reporting.Pages;

/// <summary>What the page of one request shows: components read it, endpoints fill it. Scoped.</summary>
internal sealed class PageModel(IAntiforgery antiforgery)
{
    private HttpContext? http;
    private object? answer;

    /// <summary>What the page is about; null where the address was at fault.</summary>
    public PageScope? Scope { get; private set; }

    /// <summary>What the page is about.</summary>
    public PageScope RequiredScope => Scope ?? throw new InvalidOperationException("The address was at fault; there is nothing that the page is about.");

    /// <summary>Who looks at it; null on pages that everybody may see.</summary>
    public Caller? Caller => http?.Features.Get<ICallerFeature>()?.Caller;

    /// <summary>The token of the page's forms; its cookie is set when it is first asked for.</summary>
    public AntiforgeryTokenSet AntiforgeryTokens => field ??= antiforgery.GetAndStoreTokens(http ?? throw new InvalidOperationException("The page was not filled."));

    /// <summary>Whether who looks at it may do what needs a scope: what they may not, the page does not offer.</summary>
    public bool IsAllowed(KeyScopes scope) => Caller?.Scopes.Satisfies(scope) == true;

    /// <summary>The API's answer that the page shows.</summary>
    public T GetAnswer<T>() where T : class => (T)answer!;

    /// <summary>The answer, where it is of this kind.</summary>
    public T? FindAnswer<T>() where T : class => answer as T;

    public void Initialize(HttpContext request, PageScope? view, object? shown) => (http, Scope, answer) = (request, view, shown);
}
