using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Reporting.Api;

/// <summary>What was refused, with its reason and as it came.</summary>
internal static class RejectionsEndpoint
{
    private const int ChunkSize = 500;

    public static void MapRejections(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/rejections", (
                [Description("Most rejections of the page, 1 to 1000; 100 when absent.")] string? limit,
                [Description("The cursor that the page before answered; absent for the newest.")] string? cursor,
                [Description("Those sent for this brand; absent: of all.")] string? brand,
                [Description("open (default): those not yet replayed; resolved: those that were, and taken in; all.")] string? status,
                [Description("Those refused for this reason, such as brand_unknown; absent: for any.")] string? reason,
                [Description("json (default), or ndjson to download all, one a line.")] string? format,
                HttpContext http, CatalogCache source, IRejectionStore store, CancellationToken cancellation) =>
                AnswerAsync(limit, cursor, brand, status, reason, format, http, source, store, cancellation))
            .AllowQueryParameters("limit", "cursor", "brand", "status", "reason", "format")
            .WithTags("Report").WithName("ListRejections").WithSummary("Events that were refused, newest first, as they came. Those still open, unless asked otherwise.")
            .WithDescription("A rejection is listed a moment after it was answered, and is open until POST /v1/rejections/replay takes it in. The payload is text where it is UTF-8, else base64; cut at 64 KiB.")
            .Produces<RejectionsAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>The answer, or the problem.</summary>
    internal static async Task<IResult> AnswerAsync(
        string? limitText, string? cursor, string? brand, string? status, string? reasonName, string? format,
        HttpContext http, CatalogCache source, IRejectionStore store, CancellationToken cancellation)
    {
        if (!QueryParameters.TryReadLimit(limitText, out var limit, out var fault) || !QueryParameters.TryReadCursor(cursor, out var after, out fault)) return fault;
        if (brand is not null && (await source.RefreshAsync(cancellation)).FindBrand(brand) is null) return ApiProblems.BadParameter("brand", $"There is no brand '{brand}'");
        if (status is not (null or "open" or "resolved" or "all")) return ApiProblems.BadParameter("status", "open, resolved or all");
        if (!WireNames.TryParseReason(reasonName, out var reason)) return ApiProblems.BadParameter("reason", $"One of {WireNames.AllReasons}");
        var query = new RejectionFilter(brand, status switch { "all" => null, "resolved" => true, _ => false }, reason);
        if (format is not (null or "json" or "ndjson")) return ApiProblems.BadParameter("format", "json or ndjson");
        if (format == "ndjson")
        {
            if (limitText is not null || cursor is not null) return ApiProblems.BadParameter(limitText is null ? "cursor" : "limit", "A download is whole; leave it out");
            return Results.Stream(
                body => DownloadAsync(body, query, store, http.RequestAborted), "application/x-ndjson", "rejections.ndjson");
        }

        try
        {
            var (rejections, next) = await store.ListRejectionsAsync(query, after.Length == 0 ? null : after, limit, cancellation);
            return Results.Json(new RejectionsAnswer([.. rejections.Select(RejectionAnswer.FromRejection)], next is null ? null : QueryParameters.EncodeCursor(next)), ReportJson.Options);
        }
        catch (ArgumentException)
        {
            // Well-formed, but not one that the store gave.
            return QueryParameters.UnknownCursor();
        }
    }

    private static async Task DownloadAsync(Stream body, RejectionFilter query, IRejectionStore store, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            (var rejections, cursor) = await store.ListRejectionsAsync(query, cursor, ChunkSize, cancellation);
            foreach (var rejection in rejections)
            {
                await JsonSerializer.SerializeAsync(body, RejectionAnswer.FromRejection(rejection), ReportJson.Options, cancellation);
                await body.WriteAsync("\n"u8.ToArray(), cancellation);
            }
        }
        while (cursor is not null);
    }
}

/// <summary>A page of rejections.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Cursor">Where the next page begins; null at the end.</param>
internal sealed record RejectionsAnswer(IReadOnlyList<RejectionAnswer> Items, string? Cursor);

/// <summary>An event that was refused.</summary>
internal sealed record RejectionAnswer
{
    public required Guid Id { get; init; }

    public required string BrandId { get; init; }

    public required string Source { get; init; }

    public required string ReceivedAt { get; init; }

    public required RejectionReason Reason { get; init; }

    /// <summary>JSON pointer to the member at fault.</summary>
    public required string Pointer { get; init; }

    public required string Detail { get; init; }

    /// <summary>The event's own id, if one could be read.</summary>
    public required string? EventId { get; init; }

    /// <summary>Version of the events' shape that refused it.</summary>
    public required int Schema { get; init; }

    /// <summary>When it was replayed and taken in; null while it is open.</summary>
    public required string? ResolvedAt { get; init; }

    /// <summary>What was sent, where it is UTF-8; else null.</summary>
    public required string? Payload { get; init; }

    /// <summary>What was sent, where it is not UTF-8; else null.</summary>
    public required string? PayloadBase64 { get; init; }

    public static RejectionAnswer FromRejection(RejectionDocument rejection)
    {
        var isText = Utf8.IsValid(rejection.Payload.AsSpan());
        return new()
        {
            Id = rejection.Id, BrandId = rejection.Brand, Source = rejection.Source, ReceivedAt = rejection.ReceivedAt.ToString(),
            Reason = rejection.Reason, Pointer = rejection.Pointer, Detail = rejection.Detail, EventId = rejection.EventId, Schema = rejection.Schema,
            ResolvedAt = rejection.ResolvedAt?.ToString(),
            Payload = isText ? Encoding.UTF8.GetString(rejection.Payload.AsSpan()) : null,
            PayloadBase64 = isText ? null : Convert.ToBase64String(rejection.Payload.AsSpan()),
        };
    }
}
