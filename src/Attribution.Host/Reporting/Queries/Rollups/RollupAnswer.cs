using System.Text.Json.Serialization;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The answer to a question, as described in OpenAPI; it is written row by row.</summary>
/// <param name="Rows">By day, campaign, creator, model.</param>
/// <param name="Unattributed">What no placement is credited with, of the whole brand, whatever campaign or creator was asked for; by day where the rows are.</param>
/// <param name="Totals">Every conversion of the brand on the days asked for, once, attributed or not, whatever campaign or creator was asked for.</param>
/// <param name="NotShown">Days that a fitted model asked for has no numbers for; absent where there are none. Totals count them all the same.</param>
/// <param name="AsOf">The instant that the answer is as of; absent where none was asked for.</param>
/// <param name="ComputedAt">When it was read.</param>
/// <param name="Lag">ISO 8601: how long the oldest change that is not in it yet has waited; <c>PT0S</c> when none waits, and as of an instant, which nothing that comes later changes.</param>
internal sealed record RollupAnswer(
    IReadOnlyList<RollupRow> Rows, IReadOnlyList<RollupRest> Unattributed, RollupRest Totals, IReadOnlyList<RollupNotShown>? NotShown, DateTimeOffset? AsOf, DateTimeOffset ComputedAt, string Lag)
{
    /// <summary>
    /// Whole answers at once, for those who show them: what the API writes row by row. All are of one brand and one instant, and as of one
    /// moment, so that their sums agree; what several need is read once.
    /// </summary>
    public static async Task<IReadOnlyList<RollupAnswer>> ReadAllAsync(IReadOnlyList<RollupQuery> queries, IRollupStore store, Timestamp now, CancellationToken cancellation)
    {
        // Of questions that differ in their models alone one answers all.
        var questions = queries.Select(query => query.Question).GroupBy(question => question with { Models = 0 }).Select(same => same.Key with { Models = same.Aggregate(0, (models, one) => models | one.Models) }).ToList();
        var readings = await store.SumRollupsAsync(queries[0].Brand.Id, questions, queries[0].AsOf, cancellation);
        var cells = new List<IReadOnlyList<KeyValuePair<RollupKey, MeasureCell>>>();
        foreach (var reading in readings) cells.Add(await reading.Cells.ToListAsync(cancellation));
        var answers = new List<RollupAnswer>();
        foreach (var query in queries)
        {
            var which = questions.FindIndex(question => question with { Models = 0 } == query.Question with { Models = 0 });
            answers.Add(await CreateAsync(query, readings[which] with { Cells = cells[which].ToAsyncEnumerable() }, now, cancellation));
        }
        return answers;
    }

    /// <summary>The answer to a query from what the store said to its question.</summary>
    public static async Task<RollupAnswer> CreateAsync(RollupQuery query, RollupReading reading, Timestamp now, CancellationToken cancellation)
    {
        var groups = new RollupAggregation(query, reading);
        var (rows, rest) = (new List<RollupRow>(), new List<RollupRest>());
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
        {
            if (shown.Key.Attributed) rows.Add(RollupRow.FromGroup(query, shown, groups.ClosedThrough));
            else rest.Add(RollupRest.FromCell(query, shown.Key.Day, shown.Cell, shown.Model));
        }

        return new(
            rows, rest, RollupRest.FromTotals(query, groups.Totals), RollupNotShown.ForQuery(query), query.AsOf?.ToDateTimeOffset(), now.ToDateTimeOffset(),
            FormatLag(reading, now));
    }

    /// <summary>What answers a question that is written row by row: streamed where it may be long, else added up by the store.</summary>
    public static async Task<RollupReading> OpenReadingAsync(RollupQuery query, IRollupStore store, CancellationToken cancellation) => query.RequiresStreaming
        ? await store.ReadRollupsAsync(query.Brand.Id, query.From, query.To, query.AsOf, cancellation)
        : (await store.SumRollupsAsync(query.Brand.Id, [query.Question], query.AsOf, cancellation))[0];

    /// <summary>How long the oldest change has waited that a reading does not hold yet.</summary>
    public static string FormatLag(RollupReading reading, Timestamp now) =>
        IsoDuration.Format(reading.WaitingSince is { } since && since < now ? now - since : TimeSpan.Zero);
}

/// <summary>Days that a model has no numbers for, and no rows.</summary>
/// <param name="Model">The model.</param>
/// <param name="From">First local day, inside.</param>
/// <param name="To">Last local day, inside.</param>
/// <param name="Reason"><c>no_fit</c>: the fitted models had learned nothing that credits these days.</param>
/// <param name="Detail">In words.</param>
internal sealed record RollupNotShown(string Model, DateOnly From, DateOnly To, string Reason, string Detail)
{
    /// <summary>What of a question has no numbers.</summary>
    public static IReadOnlyList<RollupNotShown> ForQuery(RollupQuery query)
    {
        if (query.FittedFrom <= query.From) return [];
        var to = query.FittedFrom is { } first && first <= query.To ? first.AddDays(-1) : query.To;
        var detail = query.FittedFrom is { } day ? $"The first fit credits {day:O} and later days" : "No fit was made yet; GET /v1/models says what the latest attempt found";
        return [.. query.Models.Where(model => model.IsFitted()).Select(model => new RollupNotShown(ModelNames.NameOf(model), query.From, to, "no_fit", detail))];
    }

    public override string ToString() => $"{Model} {From:O}..{To:O} {Reason}";
}

/// <summary>Conversions without a placement: those that nobody is credited with, or all.</summary>
internal sealed record RollupRest
{
    /// <summary>The brand's local day; absent where days are added up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>The model, where every model was asked for; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    public required long Orders { get; init; }

    public required string Currency { get; init; }

    public required string Net { get; init; }

    public required string Gross { get; init; }

    public required string Discount { get; init; }

    public required string Refunds { get; init; }

    public required string Conversions { get; init; }

    public required string Leads { get; init; }

    public required long NewCustomers { get; init; }

    /// <summary>True when amounts wait for an exchange rate; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Incomplete { get; init; }

    /// <summary>The whole, which is the whole under every model that needs no fit.</summary>
    public static RollupRest FromTotals(RollupQuery query, MeasureCell totals) => FromCell(query, null, totals, Core.Models.Model.LastTouch) with { Model = null };

    public static RollupRest FromCell(RollupQuery query, DateOnly? day, MeasureCell cell, Model model)
    {
        var (figures, currency) = (RollupFigures.FromCell(cell, model, query.View), query.Brand.Currency);
        return new()
        {
            Day = day, Model = query.AllModels ? ModelNames.NameOf(model) : null, Orders = figures.Orders, Currency = currency.Code,
            Net = currency.Format(figures.Net), Gross = currency.Format(figures.Gross), Discount = currency.Format(figures.Discount),
            Refunds = currency.Format(figures.Refunds), Conversions = RollupRow.FormatShare(figures.ConversionMicros),
            Leads = RollupRow.FormatShare(figures.LeadMicros), NewCustomers = figures.NewCustomers, Incomplete = figures.Incomplete,
        };
    }
}
