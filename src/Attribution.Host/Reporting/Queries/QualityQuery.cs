using System.Text.Json.Serialization;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Host.Access;
using Attribution.Host.Hosting;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rejections;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries;

/// <summary>The query for the backlog of the rollups and for data that could not be counted as reported.</summary>
internal static class QualityQuery
{
    /// <summary>Maximum number of days listed for each fault.</summary>
    private const int MaxListedDays = 31;

    /// <summary>Maximum number of entries read to count the orders without all of their evidence.</summary>
    private const int MaxLeftOut = 1_000;

    /// <summary>
    /// Reads the answer in the order in which events pass through the stages, so that an event that moves on meanwhile
    /// is found at a later stage. The number of messages must have been read before the catalog for the same reason.
    /// </summary>
    /// <param name="brandId">Id of the brand; null for <c>default</c>.</param>
    /// <param name="messages">Number of messages in the spool; null if it is unknown.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="journeys">The journeys.</param>
    /// <param name="rollups">The rollups.</param>
    /// <param name="rejections">The rejections.</param>
    /// <param name="formats">The formats of stored documents.</param>
    /// <param name="sets">The data sets.</param>
    /// <param name="shops">The shops of all brands.</param>
    /// <param name="losses">What this process found missing.</param>
    /// <param name="cancellation">Cancels the query.</param>
    public static async Task<QueryResult<QualityAnswer>> RunAsync(
        string? brandId, long? messages, CatalogSnapshot catalog, IJourneyStore journeys, IRollupStore rollups,
        IRejectionStore rejections, IFormatStore formats, IDataSetStore sets, IReadOnlyList<ShopStatus> shops,
        DataLossLog losses, CancellationToken cancellation)
    {
        if (!QueryScope.FindBrand(brandId, catalog).TryGet(out var brand, out var problem)) return problem;
        var state = await formats.ReadFormatsAsync(cancellation);
        var dataSets = await DataSetsAnswer.ReadAsync(sets, state, formats.Known, cancellation);
        var reevaluating = dataSets.ByKind.Any(kind => kind.Set.Moving) || (await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count > 0;
        var stale = await journeys.CountStaleAsync(catalog.Contents.JourneysVersion, cancellation);
        var (deltas, _) = await rollups.ReadBacklogAsync(cancellation);
        var days = await rollups.ReadTotalsAsync(brand.Id, cancellation);
        return new QualityAnswer(
            new(messages, reevaluating, stale, deltas, messages is null ? null : messages == 0 && !reevaluating
                && deltas == 0),
            new(
                brand.Id, CountFaults(days, Measure.RefundsCapped), CountFaults(days, Measure.RefundsInOtherCurrency),
                CountFaults(days, Measure.RefundsWaiting),
                CountFaults(days, Measure.RateGaps),
                new(
                    CountFaults(days, Measure.CustomersPerVisitorExceeded),
                    CountFaults(days, Measure.VisitorsPerClickExceeded),
                    CountFaults(days, Measure.VisitorsPerCustomerExceeded),
                    CountFaults(days, Measure.ConversionsPerJourneyExceeded)),
                await CountLeftOutAsync(brand, rejections, cancellation))
            {
                NewCustomers = new(
                    OrderHistory.FindStart(brand, days), brand.HistoryCompleteSince is not null,
                    CountFaults(days, cell => cell[Model.Book, CreditMeasure.UnknownCustomers])),
            },
            FormatAnswer.ForState(state, formats.Known), dataSets, ShopAnswer.ForBrand(brand.Id, shops),
            losses.Read() is { Count: > 0 } lost ? lost : null);
    }

    /// <summary>
    /// Counts the orders that were accepted without a member; null when there are none. Each state of an order notes
    /// the member again, so the last receipt of each order counts.
    /// </summary>
    private static async Task<DataFaults?> CountLeftOutAsync(
        BrandSettings brand, IRejectionStore rejections, CancellationToken cancellation)
    {
        var (entries, _) = await rejections.ListRejectionsAsync(
            new(brand.Id, Resolved: true, RejectionReason.LeftOut), null, MaxLeftOut, cancellation);
        var orders = entries.DistinctBy(entry => (entry.Source, entry.EventId)).ToList();
        return orders.Count == 0 ? null : new(
            orders.Count,
            [
                .. orders.GroupBy(entry => brand.Calendar.DayOf(entry.ReceivedAt)).OrderByDescending(day => day.Key)
                    .Select(day => new DataFaultDay(day.Key, day.Count())).Take(MaxListedDays),
            ]);
    }

    /// <summary>
    /// Returns the number of messages in the spool of this process; null in server mode, where a broker and other
    /// processes hold messages too.
    /// </summary>
    public static long? CountMessages(BusOptions bus, SpoolDepth? spool) => bus.Transport == Transport.InMemory
        ? spool?.Invoke() ?? 0 : null;

    private static DataFaults CountFaults(IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>> days, Measure measure) =>
        CountFaults(days, cell => cell[measure]);

    private static DataFaults CountFaults(
        IReadOnlyList<KeyValuePair<DateOnly, MeasureCell>> days, Func<MeasureCell, long> count)
    {
        var faults = days.Select(day => new DataFaultDay(day.Key, count(day.Value))).Where(day => day.Count != 0).ToList();
        return new(faults.Sum(day => day.Count), [.. faults.AsEnumerable().Reverse().Take(MaxListedDays)]);
    }
}

/// <summary>The state of the data.</summary>
/// <param name="Backlog">Accepted data that the rollups do not include yet.</param>
/// <param name="Data">Data that the rollups count differently than reported.</param>
/// <param name="Formats">The formats of stored documents, by kind.</param>
/// <param name="DataSets">The versions of data that others maintain, for example the tz database.</param>
/// <param name="Shops">The brand's shops that send webhooks; absent if there are none.</param>
/// <param name="Lost">
/// Data that files of this process had and have no longer, found at a start. Absent if there is none.
/// </param>
internal sealed record QualityAnswer(
    BacklogAnswer Backlog, DataAnswer Data, IReadOnlyDictionary<string, FormatAnswer> Formats, DataSetsAnswer DataSets,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ShopAnswer>? Shops = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<DataLoss>? Lost = null);

/// <summary>A shop that sends webhooks.</summary>
/// <param name="Vendor">Its vendor, as in the webhook's address.</param>
/// <param name="Source">Its name, as in the webhook's address.</param>
/// <param name="LastDelivery">Time of the last signed delivery, accurate to about a minute; null without any.</param>
/// <param name="UsualHours">
/// Hours of a usual week (at most 168) with a delivery, by the four weeks before the last one; null until a week is
/// known.
/// </param>
/// <param name="MissedHours">Hours since the last delivery that would usually have had one.</param>
/// <param name="SilentSince">
/// Time of the last delivery, once five hours that usually have one were missed; null otherwise.
/// </param>
internal sealed record ShopAnswer(
    string Vendor, string Source, string? LastDelivery, decimal? UsualHours, decimal MissedHours, string? SilentSince)
{
    /// <summary>Creates the answers for the shops of a brand; null if it has none.</summary>
    public static IReadOnlyList<ShopAnswer>? ForBrand(string brand, IReadOnlyList<ShopStatus> shops)
    {
        var own = shops.Where(shop => shop.Brand == brand).Select(shop => new ShopAnswer(
            shop.Vendor, shop.Source, shop.LastDelivery?.ToString(), shop.HoursOfWeek is { } usual ? Round(usual) : null,
            Round(shop.MissedHours), shop.SilentSince?.ToString())).ToList();
        return own.Count == 0 ? null : own;
    }

    private static decimal Round(double hours) => decimal.Round((decimal)hours, 1);
}

/// <summary>The versions of the format of a kind of stored documents.</summary>
/// <param name="Written">Newest version that is written: every live process reads it.</param>
/// <param name="Readable">Newest version that this process reads; it reads all earlier ones too.</param>
/// <param name="HeldBackBy">
/// Builds of live processes that do not read <paramref name="Readable"/>. Documents that need it wait until these
/// processes stop.
/// </param>
internal sealed record FormatAnswer(int Written, int Readable, IReadOnlyList<string> HeldBackBy)
{
    /// <summary>Creates the answers for the kinds that a process reads.</summary>
    public static IReadOnlyDictionary<string, FormatAnswer> ForState(FormatState state, FormatVersions known) =>
        known.ByKind.Where(kind => !DataSetKinds.All.Contains(kind.Key)).ToDictionary(
            kind => kind.Key,
            kind => new FormatAnswer(
                Math.Min(kind.Value, state.Agreed[kind.Key]), kind.Value, HoldersOf(kind.Key, state, known)),
            StringComparer.Ordinal);

    /// <summary>Returns the builds of live processes that do not have the version of a kind that this process has.</summary>
    public static IReadOnlyList<string> HoldersOf(string kind, FormatState state, FormatVersions known) =>
    [
        .. state.Processes.Where(process => process.Known[kind] < known[kind]).Select(process => process.Build)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}

/// <summary>
/// Data of a brand that could not be counted as reported. A fault disappears once it is corrected;
/// <c>GET /v1/conversions/{id}</c> shows it for an order.
/// </summary>
/// <param name="BrandId">The brand.</param>
/// <param name="RefundsCapped">
/// Refunds that exceeded the remaining amount of their order, by the order's local day; only the remaining amount was
/// applied.
/// </param>
/// <param name="RefundsInOtherCurrency">
/// Refunds in another currency than their order, by the order's local day; not applied.
/// </param>
/// <param name="RefundsWaiting">
/// Refunds whose order was not reported yet, by the refund's local day; not applied.
/// </param>
/// <param name="RatesMissing">Conversions whose amounts wait for an exchange rate, by their local day.</param>
/// <param name="KeptApart">
/// Identities that were not linked although an event names them together, by the local day of the first such event.
/// </param>
/// <param name="EvidenceLeftOut">
/// Orders of the newest 1,000 entries with the reason <c>left_out</c>, by the local day of their last receipt: a code
/// or id of the shop's webhook could not be used. Absent if there are none.
/// </param>
internal sealed record DataAnswer(
    string BrandId, DataFaults RefundsCapped, DataFaults RefundsInOtherCurrency, DataFaults RefundsWaiting,
    DataFaults RatesMissing, KeptApartAnswer KeptApart,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DataFaults? EvidenceLeftOut = null)
{
    /// <summary>The limits of what the store knows of new customers.</summary>
    public required NewCustomersAnswer NewCustomers { get; init; }
}

/// <summary>The limits of what the store knows of new customers.</summary>
/// <param name="KnownSince">
/// Local day from which every order is known: the brand's <c>historyCompleteSince</c>, otherwise the day of its first
/// order. A customer whose last order was before that day counts as new. Null without orders.
/// </param>
/// <param name="IsDeclared">True if the brand specifies the day.</param>
/// <param name="Unknown">
/// Orders of which it is unknown whether the customer is new, by the order's local day: they have no customer key.
/// </param>
internal sealed record NewCustomersAnswer(DateOnly? KnownSince, bool IsDeclared, DataFaults Unknown);

/// <summary>
/// Number of links that the limits on identity linking prevented, each pair counted once. Many of them indicate a
/// shared device, a cash register or a copied link.
/// </summary>
/// <param name="CustomersOfVisitor">Customers beyond three of one visitor.</param>
/// <param name="VisitorsOfClick">Visitors beyond two of one click.</param>
/// <param name="VisitorsOfCustomer">Visitors beyond fifty of one customer.</param>
/// <param name="ConversionsOfJourney">
/// Conversions and touches of persons with 2,000 conversions (<c>Attribute:ConversionsPerJourney</c>), typically a
/// guest key shared by many customers.
/// </param>
internal sealed record KeptApartAnswer(
    DataFaults CustomersOfVisitor, DataFaults VisitorsOfClick, DataFaults VisitorsOfCustomer,
    DataFaults ConversionsOfJourney);

/// <summary>The frequency of a fault.</summary>
/// <param name="Count">Number over all days.</param>
/// <param name="Days">The last 31 days with the fault, newest first.</param>
internal sealed record DataFaults(long Count, IReadOnlyList<DataFaultDay> Days);

/// <summary>The frequency of a fault on a local day.</summary>
internal sealed record DataFaultDay(DateOnly Day, long Count);

/// <summary>Accepted data that the rollups do not include yet.</summary>
/// <param name="Messages">
/// Messages in the spool that are not known to be attributed; each contains up to 500 events. Null in server mode,
/// where the broker (queue <c>attribution.attribute</c>) and the spool of each ingest process know the number.
/// </param>
/// <param name="Reevaluating">
/// True if journeys must be reevaluated because of a catalog change, a new fit or a newer data set.
/// </param>
/// <param name="Journeys">
/// Number of journeys that a catalog change has not reached yet. Journeys that change meanwhile are not missed: those
/// evaluated with an older catalog cannot be written after the change.
/// </param>
/// <param name="Deltas">Number of delta documents that wait to be folded.</param>
/// <param name="Settled">
/// True if nothing is waiting, so that the rollups include everything accepted before the request. Null if
/// <paramref name="Messages"/> is null.
/// </param>
internal sealed record BacklogAnswer(long? Messages, bool Reevaluating, long Journeys, long Deltas, bool? Settled);
