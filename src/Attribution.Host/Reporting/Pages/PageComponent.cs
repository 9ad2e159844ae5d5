using Microsoft.AspNetCore.Components;

namespace Attribution.Host.Reporting.Pages;

/// <summary>Base class of all components of pages. It gives access to the request's page model.</summary>
public abstract class PageComponent : ComponentBase
{
    /// <summary>Gets the page model of the request.</summary>
    [Inject] internal PageModel Page { get; set; } = null!;

    /// <summary>Gets the scope of the page. Only available on pages with a valid address.</summary>
    internal PageScope Scope => Page.RequiredScope;

    /// <summary>Gets the formatter of numbers, days and times.</summary>
    internal PageFormat Format => Scope.Format;
}
