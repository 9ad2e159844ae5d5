using System.ComponentModel;
using Attribution.Core.Rollups;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Host.Reporting.Queries;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Reporting.Api;

/// <summary><c>GET /v1/quality</c>: how far the numbers are behind what was accepted, and what of it could not be counted as it was stated.</summary>
internal static class QualityEndpoint
{
    /// <summary>Most days listed of each fault.</summary>
    private const int MaxListedDays = 31;

    public static void MapQuality(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/quality", (
                [Description("The brand whose data is looked at; default when absent.")] string? brand,
                IJourneyStore journeys, IRollupStore rollups, CatalogCache catalogs, IServiceProvider services, IOptions<BusOptions> bus, CancellationToken cancellation) =>
                AnswerAsync(brand, journeys, rollups, catalogs, services.GetService<SpoolDepth>(), bus.Value.Transport == Transport.InMemory, cancellation))
            .AllowQueryParameters("brand")
            .WithTags("Report").WithName("GetQuality").WithSummary("How far the rollups are behind what was accepted, and what of a brand could not be counted as it was stated.")
            .Produces<QualityAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    // In the order in which an event passes through: what moves on meanwhile is met again further on, never missed.
    /// <summary>The answer, or the problem.</summary>
    internal static async Task<IResult> AnswerAsync(
        string? brandId, IJourneyStore journeys, IRollupStore rollups, CatalogCache catalogs, SpoolDepth? spool, bool knowsAll, CancellationToken cancellation)
    {
        // What lies with a broker, or in another process's spool, is not seen from here.
        var messages = knowsAll ? spool?.Invoke() ?? 0 : (long?)null;
        var catalog = await catalogs.RefreshAsync(cancellation);
        if (!QueryScope.TryFindBrand(brandId, catalog, out var brand, out var fault)) return fault;
        var reevaluating = (await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count > 0;
        var stale = await journeys.CountStaleAsync(catalog.Contents.JourneysVersion, cancellation);
        var (deltas, _) = await rollups.ReadBacklogAsync(cancellation);
        var days = await rollups.ReadTotalsAsync(brand.Id, cancellation);
        return Results.Json(
            new QualityAnswer(
                new(messages, reevaluating, stale, deltas, messages is null ? null : messages == 0 && !reevaluating && deltas == 0),
                new(
                    brand.Id, CountFaults(days, Measure.RefundsCapped), CountFaults(days, Measure.RefundsInOtherCurrency), CountFaults(days, Measure.RefundsWaiting),
                    CountFaults(days, Measure.RateGaps),
                    new(
                        CountFaults(days, Measure.CustomersPerVisitorExceeded), CountFaults(days, Measure.VisitorsPerClickExceeded), CountFaults(days, Measure.VisitorsPerCustomerExceeded),
                        CountFaults(days, Measure.ConversionsPerJourneyExceeded)))),
            ReportJson.Options);
    }

    private static DataFaults CountFaults(IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>> days, Measure measure) => new(
        days.Sum(day => day.Value[measure]),
        [.. days.Where(day => day.Value[measure] != 0).Select(day => new DataFaultDay(day.Key, day.Value[measure])).Reverse().Take(MaxListedDays)]);
}

/// <summary>The answer of <c>GET /v1/quality</c>.</summary>
/// <param name="Backlog">What was accepted and is not yet in the rollups.</param>
/// <param name="Data">What stands in the rollups otherwise than it was stated.</param>
internal sealed record QualityAnswer(BacklogAnswer Backlog, DataAnswer Data);

/// <summary>What of a brand could not be counted as it was stated. Each goes from here once it is put right; <c>GET /v1/conversions/{id}</c> says it of an order.</summary>
/// <param name="BrandId">The brand.</param>
/// <param name="RefundsCapped">Refunds of more than was left of their order, by the order's local day: what was left was given back.</param>
/// <param name="RefundsInOtherCurrency">Refunds in another currency than their order, by the order's local day: not given back.</param>
/// <param name="RefundsWaiting">Refunds whose order has not come, by the refund's local day: not given back.</param>
/// <param name="RatesMissing">Conversions whose money waits for an exchange rate, by their local day.</param>
/// <param name="KeptApart">Who was not taken for one person though an event names them together, by the local day of the first such event.</param>
internal sealed record DataAnswer(
    string BrandId, DataFaults RefundsCapped, DataFaults RefundsInOtherCurrency, DataFaults RefundsWaiting, DataFaults RatesMissing, KeptApartAnswer KeptApart);

/// <summary>How often the limits on linking kept two apart, each pair once, of what journeys hold. Many say that a device is shared by a household or a till, or that a link was copied.</summary>
/// <param name="CustomersOfVisitor">Customers beyond three of one visitor.</param>
/// <param name="VisitorsOfClick">Visitors beyond two of one click.</param>
/// <param name="VisitorsOfCustomer">Visitors beyond fifty of one customer.</param>
/// <param name="ConversionsOfJourney">Conversions and touches of persons with 2,000 conversions (<c>Attribute:ConversionsPerJourney</c>): a guest's key that all share.</param>
internal sealed record KeptApartAnswer(DataFaults CustomersOfVisitor, DataFaults VisitorsOfClick, DataFaults VisitorsOfCustomer, DataFaults ConversionsOfJourney);

/// <summary>How often, and when.</summary>
/// <param name="Count">Over all days.</param>
/// <param name="Days">The last 31 days that have any, newest first.</param>
internal sealed record DataFaults(long Count, IReadOnlyList<DataFaultDay> Days);

/// <summary>How often on a local day.</summary>
internal sealed record DataFaultDay(DateOnly Day, long Count);

/// <summary>What was accepted and is not yet in the rollups.</summary>
/// <param name="Messages">Messages in the spool that are not known to be attributed; each holds up to 500 events. Null in server mode: the broker knows (queue <c>attribution.attribute</c>), and each ingest's spool.</param>
/// <param name="Reevaluating">Whether a change of the catalog, or a new fit of the models, still has journeys to be evaluated anew.</param>
/// <param name="Journeys">How many journeys a change of the catalog still has to reach. None is missed that changes meanwhile: one evaluated with an older catalog cannot be written once the change is.</param>
/// <param name="Deltas">Delta documents that wait to be folded.</param>
/// <param name="Settled">Whether there is none of all that: everything accepted before the question stands in the rollups. Null where <paramref name="Messages"/> is.</param>
internal sealed record BacklogAnswer(long? Messages, bool Reevaluating, long Journeys, long Deltas, bool? Settled);
