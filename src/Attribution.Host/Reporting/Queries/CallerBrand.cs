using Attribution.Core.Catalog;
using Attribution.Host.Access;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The brand that a command of a caller is about.</summary>
internal static class CallerBrand
{
    /// <summary>
    /// Returns the requested brand; if none is requested, the caller's own brand, otherwise <c>default</c>. A caller
    /// restricted to another brand is rejected.
    /// </summary>
    public static QueryResult<string> Resolve(Caller caller, string? requested)
    {
        var brand = requested ?? caller.OnlyBrand ?? BrandSettings.DefaultId;
        return caller.OnlyBrand is { } own && own != brand
            ? QueryProblem.Forbidden(
                "Not your brand", $"The API key is restricted to the brand '{own}' and cannot be used for '{brand}'")
            : brand;
    }

    /// <summary>Returns a problem if the caller is restricted to one brand; null otherwise.</summary>
    public static QueryProblem? RequireAllBrands(Caller caller) => caller.OnlyBrand is null ? null
        : QueryProblem.Forbidden("Not available to keys of one brand",
            "The endpoint covers all brands. Use an API key that is not restricted to a brand");
}
