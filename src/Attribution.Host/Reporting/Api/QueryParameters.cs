using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Attribution.Host.Access;

namespace Attribution.Host.Reporting.Api;

/// <summary>Query parameters are read strictly: one that is unknown or given twice is refused by name, never skipped over.</summary>
internal static class QueryParameters
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1_000;

    private const int DefaultLimit = 100;

    /// <summary>Lets an endpoint be called with these query parameters and no others.</summary>
    public static RouteHandlerBuilder AllowQueryParameters(this RouteHandlerBuilder route, params string[] known) =>
        route.WithMetadata(new QueryParameterNames(known)).AddEndpointFilter(async (context, next) => FindFault(context.HttpContext.Request.Query, known) ?? await next(context));

    private static IResult? FindFault(IQueryCollection query, string[] known)
    {
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
                return ApiProblems.BadParameter(name, known.Length == 0 ? "This address takes no parameters" : $"There is no such parameter here; known: {string.Join(", ", known)}");
            if (values.Count > 1) return ApiProblems.BadParameter(name, "Given more than once; give it once");
        }
        return null;
    }

    /// <summary>Reads <c>limit</c>: 1 to <see cref="MaxLimit"/>, 100 when absent.</summary>
    public static bool TryReadLimit(string? text, out int limit, out IResult fault)
    {
        limit = DefaultLimit;
        fault = Results.Empty;
        if (text is null) return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit) return true;
        fault = ApiProblems.BadParameter("limit", $"A whole number from 1 to {MaxLimit}");
        return false;
    }

    /// <summary>A cursor that says where the next page begins. Opaque to the caller.</summary>
    public static string EncodeCursor(string after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(after));

    /// <summary>Reads a cursor of ours; empty when absent.</summary>
    public static bool TryReadCursor(string? text, out string after, out IResult fault)
    {
        after = "";
        fault = Results.Empty;
        if (text is null) return true;
        if (text.Length is > 0 and <= 400 && Base64Url.IsValid(text)) after = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        if (after.Length > 0) return true;
        fault = UnknownCursor();
        return false;
    }

    /// <summary>The answer to a download that was asked for in pages.</summary>
    public static IResult PagingNotAllowed(string? limit) => ApiProblems.BadParameter(limit is null ? "cursor" : "limit", "A download is whole; leave it out");

    /// <summary>The answer to a cursor that no list of ours answered.</summary>
    public static IResult UnknownCursor() => ApiProblems.BadParameter("cursor", "Not a cursor of ours; pass on the one that the page before answered, or none");
}
