using System.Security.Cryptography;
using System.Text.Json;
using Attribution.Contracts.Catalog;
using Attribution.Host.Reporting.Queries;

namespace Attribution.Host.Reporting.CatalogEditing;

/// <summary>
/// The precondition of a write (RFC 9110, 13.1): <c>If-Match</c>: the item is unchanged; <c>If-None-Match: *</c>: the
/// item does not exist.
/// </summary>
/// <param name="Match">
/// ETags one of which the item must have, or <c>*</c> for any existing item; null for no condition.
/// </param>
/// <param name="NoneMatch">True if the item must not exist.</param>
internal readonly record struct WritePrecondition(IReadOnlyList<string>? Match, bool NoneMatch)
{
    private const int TagBytes = 12;

    /// <summary>Computes the strong ETag of an item. Equal items have equal tags.</summary>
    public static string ComputeETag(ICatalogItem item)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(item, item.GetType(), ReportJson.Options);
        return $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, TagBytes))}\"";
    }

    /// <summary>Indicates whether the condition is met.</summary>
    /// <param name="item">The item; null if it does not exist.</param>
    public bool IsSatisfiedBy(ICatalogItem? item) =>
        (!NoneMatch || item is null) && (
            Match is null || (item is not null && (Match.Contains("*") || Match.Contains(ComputeETag(item)))));

    /// <summary>Creates the problem of a condition that is not met.</summary>
    public static QueryProblem Failed(string name, ICatalogItem? item) => new(
        StatusCodes.Status412PreconditionFailed, $"{name} does not meet the precondition",
        item is null ? "The item does not exist, or was deleted"
            : $"The current ETag is {ComputeETag(item)}. Read the item again, decide again, and send this ETag as "
            + "If-Match");
}
