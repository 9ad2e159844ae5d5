using System.Text.Json.Serialization;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The answer of the daily rollups. The API writes it row by row instead of creating this object.</summary>
/// <param name="Rows">Rows by day, campaign, creator and model.</param>
/// <param name="Unattributed">
/// Conversions of the whole brand that are not credited to any placement, regardless of campaign and creator; by day if
/// rows are.
/// </param>
/// <param name="Totals">
/// All conversions of the brand on the requested days, each counted once, regardless of attribution, campaign and
/// creator.
/// </param>
/// <param name="NotShown">
/// Periods for which a requested fitted model has no numbers; absent if there are none. Totals include these days.
/// </param>
/// <param name="AsOf">Requested instant; absent for the current state.</param>
/// <param name="ComputedAt">
/// Time of the last change that the answer includes: a fold, a closing of days, a fit, or a write of the catalog. As
/// of this instant, the answer is the same.
/// </param>
/// <param name="Manifest">
/// Number of the brand's last fold that the answer includes; absent if there is none.
/// </param>
/// <param name="Lag">
/// ISO 8601 duration for which the oldest change not yet included has been waiting; <c>PT0S</c> if none is waiting, or
/// as of an instant.
/// </param>
internal sealed record RollupAnswer(
    IReadOnlyList<RollupRow> Rows, IReadOnlyList<RollupRest> Unattributed, RollupRest Totals,
    IReadOnlyList<RollupNotShown>? NotShown, DateTimeOffset? AsOf,
    DateTimeOffset ComputedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Manifest,
    string Lag)
{
    /// <summary>Gets the last closed day of the brand; null if no day is closed.</summary>
    [JsonIgnore]
    public DateOnly? ClosedThrough { get; init; }

    /// <summary>
    /// Reads the answers to several queries of one brand and one instant. All are read in one transaction, so that
    /// their sums agree; shared data is read once.
    /// </summary>
    public static async Task<IReadOnlyList<RollupAnswer>> ReadAllAsync(
        IReadOnlyList<RollupQuery> queries, IRollupStore store, Timestamp now, CancellationToken cancellation)
    {
        // Queries that differ only in their models share one sum query.
        var sumQueries = queries.Select(query => query.SumQuery).GroupBy(sumQuery => sumQuery with { Models = 0 })
            .Select(same => same.Key with { Models = same.Aggregate(
                0, (models, sumQuery) => models | sumQuery.Models) }).ToList();
        var readings = await store.SumRollupsAsync(queries[0].Brand.Id, sumQueries, queries[0].AsOf, cancellation);
        var cells = new List<IReadOnlyList<KeyValuePair<RollupKey, MeasureCell>>>();
        foreach (var reading in readings) cells.Add(await reading.Cells.ToListAsync(cancellation));
        var answers = new List<RollupAnswer>();
        foreach (var query in queries)
        {
            var index = sumQueries.FindIndex(
                sumQuery => sumQuery with { Models = 0 } == query.SumQuery with { Models = 0 });
            answers.Add(await CreateAsync(
                query, readings[index] with { Cells = cells[index].ToAsyncEnumerable() }, now, cancellation));
        }
        return answers;
    }

    /// <summary>Creates the answer to a query from what the store returned for its sum query.</summary>
    public static async Task<RollupAnswer> CreateAsync(
        RollupQuery query, RollupReading reading, Timestamp now, CancellationToken cancellation)
    {
        var groups = new RollupAggregation(query, reading);
        var (rows, rest) = (new List<RollupRow>(), new List<RollupRest>());
        await foreach (var group in groups.ReadResultsAsync(cancellation))
        {
            if (group.Key.Attributed) rows.Add(RollupRow.FromGroup(query, group, groups.ClosedThrough));
            else rest.Add(RollupRest.FromCell(query, group.Key.Day, group.Cell, group.Model));
        }

        var origin = RollupOrigin.FromReading(query, reading, now);
        return new(
            rows, rest, RollupRest.FromTotals(query, groups.Totals), RollupNotShown.ForQuery(query),
            query.AsOf?.ToDateTimeOffset(), origin.ComputedAt.ToDateTimeOffset(), origin.Manifest, origin.Lag)
        {
            ClosedThrough = groups.ClosedThrough,
        };
    }
}

/// <summary>The changes that an answer includes.</summary>
/// <param name="ComputedAt">The time of the last of them.</param>
/// <param name="Manifest">The number of the last fold; null if there is none.</param>
/// <param name="Lag">
/// ISO 8601 duration for which the oldest change that is not included has been waiting.
/// </param>
internal sealed record RollupOrigin(Timestamp ComputedAt, long? Manifest, string Lag)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>Creates the origin of an answer.</summary>
    /// <param name="query">The query.</param>
    /// <param name="reading">The reading of the rollups.</param>
    /// <param name="now">A time before the reading.</param>
    public static RollupOrigin FromReading(RollupQuery query, RollupReading reading, Timestamp now) => new(
        reading.Moment.ChangedAt ?? query.AsOf ?? BeforeFirstChange(reading, now),
        reading.Moment.LastFold > 0 ? reading.Moment.LastFold : null,
        reading.WaitingSince is { } since && since < now ? IsoDuration.Format(now - since) : IsoDuration.Zero);

    /// <summary>
    /// Returns a time before the first change, if nothing has changed yet. A fold in progress is later than the deltas
    /// that wait for it.
    /// </summary>
    private static Timestamp BeforeFirstChange(RollupReading reading, Timestamp now) =>
        (reading.WaitingSince is { } since && since < now ? since : now) - Step;
}

/// <summary>
/// A sum over conversions without a placement: the unattributed conversions, or all conversions of the brand.
/// </summary>
internal sealed record RollupRest
{
    /// <summary>The brand's local day; absent if days are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>The model; absent unless every model was requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    public required long Orders { get; init; }

    public required string Currency { get; init; }

    public required Money Net { get; init; }

    public required Money Gross { get; init; }

    public required Money Discount { get; init; }

    public required Money Refunds { get; init; }

    public required Share Conversions { get; init; }

    public required Share Leads { get; init; }

    public required long NewCustomers { get; init; }

    /// <summary>Orders of which it is unknown whether the customer is new; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long UnknownCustomers { get; init; }

    /// <summary>True if amounts wait for an exchange rate; otherwise absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Incomplete { get; init; }

    /// <summary>Creates the total of all conversions, which is the same under every model that needs no fit.</summary>
    public static RollupRest FromTotals(RollupQuery query, MeasureCell totals) =>
        FromCell(query, null, totals, Core.Models.Model.LastTouch) with { Model = null };

    /// <summary>Creates the sum of a cell under a model.</summary>
    public static RollupRest FromCell(RollupQuery query, DateOnly? day, MeasureCell cell, Model model)
    {
        var (figures, currency) = (RollupFigures.FromCell(cell, model, query.View), query.Brand.Currency);
        return new()
        {
            Day = day, Model = query.AllModels ? ModelNames.NameOf(model)
                : null, Orders = figures.Orders, Currency = currency.Code,
            Net = new(figures.Net, currency), Gross = new(figures.Gross, currency),
            Discount = new(figures.Discount, currency),
            Refunds = new(figures.Refunds, currency), Conversions = new(figures.ConversionMicros),
            Leads = new(figures.LeadMicros), NewCustomers = figures.NewCustomers,
            UnknownCustomers = figures.UnknownCustomers, Incomplete = figures.Incomplete,
        };
    }
}

/// <summary>A period for which a model has no numbers and no rows.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">First local day (inclusive).</param>
/// <param name="To">Last local day (inclusive).</param>
/// <param name="Reason"><c>no_fit</c>: no fit of the model credits these days.</param>
/// <param name="Detail">The reason as text.</param>
internal sealed record RollupNotShown(string Model, DateOnly From, DateOnly To, string Reason, string Detail)
{
    /// <summary>Returns the periods of a query that have no numbers.</summary>
    public static IReadOnlyList<RollupNotShown> ForQuery(RollupQuery query)
    {
        if (query.FittedFrom <= query.From) return [];
        var to = query.FittedFrom is { } first && first <= query.To ? first.AddDays(-1) : query.To;
        var detail = query.FittedFrom is { } day ? $"The first fit credits {day:O} and later days"
            : "There is no fit yet; GET /v1/models returns the result of the latest attempt";
        return [.. query.Models.Where(model => model.IsFitted())
            .Select(model => new RollupNotShown(ModelNames.NameOf(model), query.From, to, "no_fit", detail))];
    }

    public override string ToString() => $"{Model} {From:O}..{To:O} {Reason}";
}
