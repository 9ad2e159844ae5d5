using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Host.Observability;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for rejected events.</summary>
internal static class RejectionsQuery
{
    private const int ChunkSize = 500;

    /// <summary>Creates the filter of a query.</summary>
    /// <param name="brand">Id of the brand; null for all brands.</param>
    /// <param name="status"><c>open</c>, <c>resolved</c> or <c>all</c>; null for <c>open</c>.</param>
    /// <param name="reasonName">Name of the reason; null for all reasons.</param>
    /// <param name="catalog">The catalog.</param>
    public static QueryResult<RejectionFilter> CreateFilter(
        string? brand, string? status, string? reasonName, CatalogSnapshot catalog)
    {
        if (brand is not null && !QueryScope.FindBrand(brand, catalog).TryGet(out _, out var problem)) return problem;
        if (status is not (null or "open" or "resolved" or "all"))
            return QueryProblem.BadParameter("status", "Must be open, resolved or all");
        if (!WireNames.TryParseReason(reasonName, out var reason))
            return QueryProblem.BadParameter("reason", $"Must be one of {WireNames.AllReasons}");
        return new RejectionFilter(brand, status switch { "all" => null, "resolved" => true, _ => false }, reason);
    }

    /// <summary>Reads a page, newest first.</summary>
    public static async Task<QueryResult<RejectionsAnswer>> RunAsync(
        RejectionFilter filter, PageRequest page, IRejectionStore store, CancellationToken cancellation)
    {
        try
        {
            var (rejections, next) = await store.ListRejectionsAsync(filter, page.Position, page.Limit, cancellation);
            return new RejectionsAnswer([.. rejections.Select(RejectionAnswer.FromRejection)],
                next is null ? null : PageRequest.EncodeCursor(next));
        }
        catch (ArgumentException)
        {
            // The cursor is well-formed, but the store did not return it.
            return QueryProblem.UnknownCursor();
        }
    }

    /// <summary>Reads all rejections.</summary>
    public static async IAsyncEnumerable<RejectionAnswer> ReadAllAsync(
        RejectionFilter filter, IRejectionStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            (var rejections, cursor) = await store.ListRejectionsAsync(filter, cursor, ChunkSize, cancellation);
            foreach (var rejection in rejections) yield return RejectionAnswer.FromRejection(rejection);
        }
        while (cursor is not null);
    }
}

/// <summary>A page of rejections.</summary>
/// <param name="Items">Rejections, newest first.</param>
/// <param name="Cursor">Cursor of the next page; null on the last page.</param>
internal sealed record RejectionsAnswer(IReadOnlyList<RejectionAnswer> Items, string? Cursor);

/// <summary>A rejected event.</summary>
internal sealed record RejectionAnswer
{
    public required Guid Id { get; init; }

    public required string BrandId { get; init; }

    public required string Source { get; init; }

    public required string ReceivedAt { get; init; }

    public required RejectionReason Reason { get; init; }

    /// <summary>JSON pointer to the invalid member.</summary>
    public required string Pointer { get; init; }

    public required string Detail { get; init; }

    /// <summary>Id of the event, if it could be read.</summary>
    public required string? EventId { get; init; }

    /// <summary>Version of the event schema that rejected the event.</summary>
    public required int Schema { get; init; }

    /// <summary>Time at which the event was replayed and accepted; null while it is open.</summary>
    public required string? ResolvedAt { get; init; }

    /// <summary>The payload, if it is UTF-8; otherwise null.</summary>
    public required string? Payload { get; init; }

    /// <summary>The payload in base64, if it is not UTF-8; otherwise null.</summary>
    public required string? PayloadBase64 { get; init; }

    /// <summary>Creates the answer for a stored rejection.</summary>
    public static RejectionAnswer FromRejection(RejectionDocument rejection)
    {
        var isText = Utf8.IsValid(rejection.Payload.AsSpan());
        return new()
        {
            Id = rejection.Id, BrandId = rejection.Brand, Source = rejection.Source,
            ReceivedAt = rejection.ReceivedAt.ToString(),
            Reason = rejection.Reason, Pointer = rejection.Pointer, Detail = rejection.Detail,
            EventId = rejection.EventId, Schema = rejection.Schema,
            ResolvedAt = rejection.ResolvedAt?.ToString(),
            Payload = isText ? Encoding.UTF8.GetString(rejection.Payload.AsSpan()) : null,
            PayloadBase64 = isText ? null : Convert.ToBase64String(rejection.Payload.AsSpan()),
        };
    }
}
