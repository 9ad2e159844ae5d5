using System.Security.Cryptography;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Microsoft.Net.Http.Headers;

namespace Attribution.Host.Reporting.Api;

/// <summary>What a write takes for granted (RFC 9110, 13.1): <c>If-Match</c> that the item is still what was read, <c>If-None-Match: *</c> that there is none.</summary>
/// <param name="Match">Tags of which the item's must be one; null: any item or none. <c>*</c>: there is an item.</param>
/// <param name="NoneMatch">There is no item.</param>
internal readonly record struct WritePrecondition(IReadOnlyList<string>? Match, bool NoneMatch)
{
    /// <summary>A strong tag that says what the item is: equal for equal items, whatever was between.</summary>
    public static string ComputeETag(ICatalogItem item) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(item, item.GetType(), ReportJson.Options)).AsSpan(0, 12))}\"";

    /// <summary>Reads the headers; a problem where they are malformed: a condition is never passed over.</summary>
    public static bool TryRead(HttpRequest request, out WritePrecondition condition, out IResult fault)
    {
        (condition, fault) = (default, Results.Empty);
        IList<EntityTagHeaderValue>? tags = null;
        if (request.Headers.IfMatch.Count > 0 && !EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out tags))
        {
            fault = ApiProblems.BadRequest("The header If-Match cannot be read", "Send the ETag as it was answered, in its quotes, or *");
            return false;
        }
        if (request.Headers.IfNoneMatch is { Count: > 0 } none && none.ToString().Trim() != "*")
        {
            fault = ApiProblems.BadRequest("The header If-None-Match cannot be used", "Only * is possible with a write: there must be no such item yet");
            return false;
        }
        condition = new(tags?.Select(tag => tag.IsWeak ? "" : tag.Tag.ToString()).ToList(), request.Headers.IfNoneMatch.Count > 0);
        return true;
    }

    /// <summary>Whether it holds for an item, or for none.</summary>
    public bool IsSatisfiedBy(ICatalogItem? item) =>
        (!NoneMatch || item is null) && (Match is null || (item is not null && (Match.Contains("*") || Match.Contains(ComputeETag(item)))));

    /// <summary>The answer where it does not.</summary>
    public static IResult PreconditionFailed(string name, ICatalogItem? item) => ApiProblems.Create(
        StatusCodes.Status412PreconditionFailed, $"{name} is not what the request takes it for",
        item is null ? "There is no such item (any more)" : $"It stands at {ComputeETag(item)} now. Read it anew, decide again, and send that tag as If-Match");
}
