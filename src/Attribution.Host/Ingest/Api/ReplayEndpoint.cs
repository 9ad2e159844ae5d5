using Attribution.Storage.Rejections;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Quality;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Replay;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Access;

namespace Attribution.Host.Ingest.Api;

/// <summary><c>POST /v1/rejections/replay</c>: what was refused, once more, after the fix.</summary>
internal static class ReplayEndpoint
{
    private const int MaxBodyBytes = 64 << 10;
    private const int MaxRejections = 1_000;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void MapReplay(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/rejections/replay", (Delegate)PostAsync).RequireScope(KeyScopes.Edit)
            .WithTags("Ingest").WithName("ReplayRejections")
            .WithSummary("Puts rejections through the door again: as who sent them and as received then, under the catalog, keys and options of today.")
            .WithDescription("Name ids, or the open ones by brand and reason, newest first, page by page. What passes is resolved and counts as its event would have; what does not stays open. Safe to ask for again. The process with the role ingest answers.")
            .Accepts<ReplayRequest>("application/json").Produces<ReplayAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Task PostAsync(HttpContext http, RejectionReplayer replay, IRejectionStore store) => IngestResponses.ExecuteAsync(http, async () =>
    {
        var own = Caller.FromContext(http).OnlyBrand;
        var request = ParseRequest(await RequestBody.ReadAllAsync(http.Request, MaxBodyBytes, http.RequestAborted), own);
        var (rejections, missing, cursor) = await FindRejectionsAsync(store, request, own, http.RequestAborted);
        var (results, kept) = await replay.ReplayAsync(rejections, own, http.RequestAborted);
        if (kept == WriteOutcome.Durable) await Results.Json(ReplayAnswer.FromResults([.. results, .. missing], cursor), JsonOptions).ExecuteAsync(http);
        else await IngestResponses.WriteUnavailableAsync(http, kept);
    });

    /// <summary>The same for those that a page names.</summary>
    public static async Task<ReplayCounts?> ReplayByIdsAsync(RejectionReplayer replay, IRejectionStore store, IReadOnlyList<Guid> ids, string? own, CancellationToken cancellation)
    {
        var (rejections, _, _) = await FindRejectionsAsync(store, new ReplayRequest(ids), own, cancellation);
        var (results, kept) = await replay.ReplayAsync(rejections, own, cancellation);
        return kept == WriteOutcome.Durable ? new(results.Count(result => result.Status == ReplayStatus.Replayed), results.Count(result => result.Status is ReplayStatus.Refused or ReplayStatus.PayloadCut)) : null;
    }

    private static async Task<(IReadOnlyList<RejectionDocument> Found, IEnumerable<ReplayResult> Missing, string? Cursor)> FindRejectionsAsync(
        IRejectionStore store, ReplayRequest request, string? own, CancellationToken cancellation)
    {
        if (request.Ids is not { } ids)
        {
            _ = WireNames.TryParseReason(request.Reason, out var reason);
            var (page, next) = await store.ListRejectionsAsync(new(request.Brand ?? own, Resolved: false, reason), request.Cursor, request.Limit ?? MaxRejections, cancellation);
            return (page, [], next);
        }

        var found = (await store.FindRejectionsAsync(ids, cancellation)).Where(rejection => own is null || rejection.Brand == own).ToDictionary(rejection => rejection.Id);
        return (
            [.. ids.Distinct().Where(found.ContainsKey).Select(id => found[id])],
            ids.Distinct().Where(id => !found.ContainsKey(id)).Select(id => new ReplayResult(id, ReplayStatus.Unknown)), null);
    }

    private static ReplayRequest ParseRequest(ReadOnlySpan<byte> body, string? own)
    {
        try
        {
            var request = JsonSerializer.Deserialize<ReplayRequest>(body, JsonOptions) ?? throw RequestRejectedException.Malformed("The body is null.");
            if (FindFault(request) is { } fault) throw RequestRejectedException.Malformed(fault);
            return own is null || request.Brand is null || request.Brand == own ? request
                : throw new RequestRejectedException(StatusCodes.Status403Forbidden, "brand_unknown", $"The API key is of the brand '{own}' and may not ask for '{request.Brand}'.");
        }
        catch (JsonException e)
        {
            throw RequestRejectedException.Malformed($"Not such a request{(e.Path is { Length: > 2 } path ? $" (at {path[2..]})" : "")}: {{\"ids\":[…]}}, or brand, reason, limit and cursor.");
        }
    }

    private static string? FindFault(ReplayRequest request) => request switch
    {
        { Ids: null, Brand: null, Reason: null } => "Name ids, or the brand or reason of those that are to be replayed.",
        { Ids: not null } and not { Brand: null, Reason: null, Limit: null, Cursor: null } => "Name ids alone, or leave them out and name brand or reason.",
        { Ids.Count: 0 or > MaxRejections } => $"ids: from 1 to {MaxRejections} of them.",
        { Limit: < 1 or > MaxRejections } => $"limit: a whole number from 1 to {MaxRejections}.",
        { Reason: var reason } when !WireNames.TryParseReason(reason, out _) => $"reason: one of {WireNames.AllReasons}.",
        { Cursor: { } cursor } when !Guid.TryParseExact(cursor, "N", out _) => "cursor: not one of ours; pass on the one that the page before answered, or none.",
        _ => null,
    };
}

/// <summary>Which rejections are to be replayed: ids, or the open ones of a brand, for a reason.</summary>
/// <param name="Ids">These, 1 to 1,000; nothing else is named beside them.</param>
/// <param name="Brand">Those of this brand; absent: of all that the key may speak of.</param>
/// <param name="Reason">Those refused for this reason, such as <c>brand_unknown</c>; absent: for any.</param>
/// <param name="Limit">Most of them at once, 1 to 1,000; 1,000 when absent.</param>
/// <param name="Cursor">Where to go on: the cursor that the page before answered.</param>
internal sealed record ReplayRequest(IReadOnlyList<Guid>? Ids = null, string? Brand = null, string? Reason = null, int? Limit = null, string? Cursor = null);

/// <summary>What became of each rejection.</summary>
/// <param name="Replayed">How many passed, are kept and resolved.</param>
/// <param name="Refused">How many are refused still.</param>
/// <param name="Results">One for each.</param>
/// <param name="Cursor">Where the next page begins; null at the end, and where ids were named.</param>
internal sealed record ReplayAnswer(int Replayed, int Refused, IReadOnlyList<ReplayResult> Results, string? Cursor)
{
    public static ReplayAnswer FromResults(IReadOnlyList<ReplayResult> results, string? cursor) => new(
        results.Count(result => result.Status == ReplayStatus.Replayed), results.Count(result => result.Status == ReplayStatus.Refused), results, cursor);
}
