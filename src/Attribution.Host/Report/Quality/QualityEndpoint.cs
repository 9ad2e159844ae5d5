using Attribution.Host.Hosting;
using Attribution.Storage;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Report.Quality;

/// <summary><c>GET /v1/quality</c>: how far the numbers are behind what was accepted.</summary>
internal static class QualityEndpoint
{
    public static void MapQuality(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/quality", (IJourneyStore journeys, IRollupStore rollups, CatalogSource catalogs, IServiceProvider services, IOptions<TransportSection> bus, CancellationToken cancellation) =>
                AnswerAsync(journeys, rollups, catalogs, services.GetService<SpoolDepth>(), bus.Value.Transport == Transport.InMemory, cancellation))
            .TakesQuery()
            .WithTags("Report").WithName("GetQuality").WithSummary("How far the rollups are behind what was accepted.")
            .Produces<QualityAnswer>();

    // In the order in which an event passes through: what moves on meanwhile is met again further on, never missed.
    private static async Task<IResult> AnswerAsync(
        IJourneyStore journeys, IRollupStore rollups, CatalogSource catalogs, SpoolDepth? spool, bool knowsAll, CancellationToken cancellation)
    {
        // What lies with a broker, or in another process's spool, is not seen from here.
        var messages = knowsAll ? spool?.Invoke() ?? 0 : (long?)null;
        var catalog = await catalogs.RefreshAsync(cancellation);
        var reevaluating = (await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count > 0;
        var stale = await journeys.CountStaleAsync(catalog.Contents.JourneysVersion, cancellation);
        var (deltas, _) = await rollups.BacklogAsync(cancellation);
        return Results.Json(
            new QualityAnswer(new(messages, reevaluating, stale, deltas, messages is null ? null : messages == 0 && !reevaluating && deltas == 0)), ReportJson.Options);
    }
}

/// <summary>The answer of <c>GET /v1/quality</c>.</summary>
/// <param name="Backlog">What was accepted and is not yet in the rollups.</param>
internal sealed record QualityAnswer(BacklogAnswer Backlog);

/// <summary>What was accepted and is not yet in the rollups.</summary>
/// <param name="Messages">Messages in the spool that are not known to be attributed; each holds up to 500 events. Null in server mode: the broker knows (queue <c>attribution.attribute</c>), and each ingest's spool.</param>
/// <param name="Reevaluating">Whether a change of the catalog, or a new fit of the models, still has journeys to be evaluated anew.</param>
/// <param name="Journeys">How many journeys a change of the catalog still has to reach. None is missed that changes meanwhile: one evaluated with an older catalog cannot be written once the change is.</param>
/// <param name="Deltas">Delta documents that wait to be folded.</param>
/// <param name="Settled">Whether there is none of all that: everything accepted before the question stands in the rollups. Null where <paramref name="Messages"/> is.</param>
internal sealed record BacklogAnswer(long? Messages, bool Reevaluating, long Journeys, long Deltas, bool? Settled);
