using System.Text.Json;
using System.Text.Json.Serialization;
using Attribution.Core.Quality;
using Attribution.Host.Access;
using Attribution.Host.Ingest.Replay;
using Attribution.Host.Jobs;
using Attribution.Host.Observability;
using Attribution.Storage.Access;
using Attribution.Storage.Rejections;

namespace Attribution.Host.Ingest.Api;

/// <summary><c>POST /v1/rejections/replay</c>: validates stored rejections again after their cause was fixed.</summary>
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
            .WithSummary(
                "Validates rejections again, with their original sender and time of receipt but today's catalog, keys and options.")
            .WithDescription(
                "Select rejections by ids, or open ones by brand and reason, newest first, page by page. "
                + "A rejection that passes is resolved, and its event counts like any other. Other rejections stay open. "
                + "Requests can safely be repeated. Only processes with the role ingest have this endpoint.")
            .Accepts<ReplayRequest>("application/json").Produces<ReplayAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static Task PostAsync(HttpContext http, RejectionReplayer replay, IRejectionStore store) => IngestResponses.ExecuteAsync(http, async () =>
    {
        var ownBrand = Caller.FromContext(http).OnlyBrand;
        var request = ParseRequest(
            await RequestBody.ReadAllAsync(http.Request, MaxBodyBytes, http.RequestAborted), ownBrand);
        var (rejections, missing, cursor) = await FindRejectionsAsync(store, request, ownBrand, http.RequestAborted);
        var (results, outcome) = await replay.ReplayAsync(rejections, ownBrand, http.RequestAborted);
        if (outcome == WriteOutcome.Durable)
            await Results.Json(ReplayAnswer.FromResults([.. results, .. missing], cursor), JsonOptions).ExecuteAsync(http);
        else
            await IngestResponses.WriteUnavailableAsync(http, outcome);
    });

    /// <summary>
    /// Replays the rejections that a page selects. Returns null when their events could not be written.
    /// </summary>
    public static async Task<ReplayCounts?> ReplayByIdsAsync(
        RejectionReplayer replay, IRejectionStore store, IReadOnlyList<Guid> ids, string? ownBrand, CancellationToken cancellation)
    {
        var (rejections, _, _) = await FindRejectionsAsync(store, new ReplayRequest(ids), ownBrand, cancellation);
        var (results, outcome) = await replay.ReplayAsync(rejections, ownBrand, cancellation);
        if (outcome != WriteOutcome.Durable) return null;
        return new(
            results.Count(result => result.Status == ReplayStatus.Replayed),
            results.Count(result => result.Status is ReplayStatus.Refused or ReplayStatus.PayloadCut));
    }

    private static async Task<(IReadOnlyList<RejectionDocument> Found, IEnumerable<ReplayResult> Missing, string? Cursor)> FindRejectionsAsync(
        IRejectionStore store, ReplayRequest request, string? ownBrand, CancellationToken cancellation)
    {
        if (request.Ids is not { } ids)
        {
            _ = WireNames.TryParseReason(request.Reason, out var reason);
            var filter = new RejectionFilter(request.Brand ?? ownBrand, Resolved: false, reason);
            var (page, next) = await store.ListRejectionsAsync(
                filter, request.Cursor, request.Limit ?? MaxRejections, cancellation);
            return (page, [], next);
        }

        var found = (await store.FindRejectionsAsync(ids, cancellation))
            .Where(rejection => ownBrand is null || rejection.Brand == ownBrand)
            .ToDictionary(rejection => rejection.Id);
        return (
            [.. ids.Distinct().Where(found.ContainsKey).Select(id => found[id])],
            ids.Distinct().Where(id => !found.ContainsKey(id)).Select(id => new ReplayResult(id, ReplayStatus.Unknown)), null);
    }

    private static ReplayRequest ParseRequest(ReadOnlySpan<byte> body, string? ownBrand)
    {
        try
        {
            var request = JsonSerializer.Deserialize<ReplayRequest>(body, JsonOptions)
                ?? throw RequestRejectedException.Malformed("The body is null.");
            if (FindFault(request) is { } fault) throw RequestRejectedException.Malformed(fault);
            return ownBrand is null || request.Brand is null || request.Brand == ownBrand ? request
                : throw new RequestRejectedException(
                    StatusCodes.Status403Forbidden, "brand_unknown",
                    $"The API key belongs to the brand '{ownBrand}' and has no access to '{request.Brand}'.");
        }
        catch (JsonException e)
        {
            var place = e.Path is { Length: > 2 } path ? $" (at {path[2..]})" : "";
            throw RequestRejectedException.Malformed(
                $"Malformed request{place}: send {{\"ids\":[…]}}, or brand, reason, limit and cursor.");
        }
    }

    private static string? FindFault(ReplayRequest request) => request switch
    {
        { Ids: null, Brand: null, Reason: null } => "Name ids, or the brand or reason of the rejections to replay.",
        { Ids: not null } and not { Brand: null, Reason: null, Limit: null, Cursor: null } => "Name either ids, or brand and reason.",
        { Ids.Count: 0 or > MaxRejections } => $"ids: name 1 to {MaxRejections} of them.",
        { Limit: < 1 or > MaxRejections } => $"limit: a whole number from 1 to {MaxRejections}.",
        { Reason: var reason } when !WireNames.TryParseReason(reason, out _) => $"reason: one of {WireNames.AllReasons}.",
        { Cursor: { } cursor } when !Guid.TryParseExact(cursor, "N", out _) => "cursor: invalid; pass the cursor of the previous page, or none.",
        _ => null,
    };
}
