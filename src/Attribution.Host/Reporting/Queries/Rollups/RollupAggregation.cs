using System.Runtime.CompilerServices;
using Attribution.Core.Models;
using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The sum of some rollup keys.</summary>
/// <param name="Day">The day they share; null where days are added up.</param>
/// <param name="Campaign">The campaign they share; null where campaigns are added up, and of the unattributed.</param>
/// <param name="Creator">The creator they share; null where creators are added up, of the campaigns' own costs, and of the unattributed.</param>
/// <param name="Attributed">False: what no placement is credited with.</param>
internal readonly record struct RollupGroupKey(DateOnly? Day, string? Campaign, string? Creator, bool Attributed);

/// <summary>What a group adds up to: the days asked for, and those of them that the fitted models have numbers for.</summary>
internal sealed class RollupGroupSums(RollupQuery query)
{
    private readonly bool fittedThroughout = query.FittedFrom <= query.From;
    private readonly MeasureCell all = new();
    private readonly RollupEarningsAccumulator[] earnings = [.. query.Models.Select(model => new RollupEarningsAccumulator(model, query.View))];
    private MeasureCell? fitted;

    /// <summary>Adds a cell of a day, no earlier than the one before.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="day">Its day.</param>
    /// <param name="marginPercent">Gross margin of its campaign; null: not known.</param>
    public void Add(MeasureCell cell, DateOnly day, decimal? marginPercent)
    {
        var isFitted = query.FittedFrom <= day;
        all.Add(cell);
        if (isFitted && !fittedThroughout) (fitted ??= new()).Add(cell);
        for (var i = 0; i < earnings.Length; i++)
            if (isFitted || !query.Models[i].IsFitted())
                earnings[i].Add(cell, day, marginPercent);
    }

    /// <summary>The sums that are shown under the models asked for; none under one that has no numbers for the days.</summary>
    public IEnumerable<(Model Model, MeasureCell Cell, RollupEarnings Earnings)> GetResults()
    {
        for (var i = 0; i < earnings.Length; i++)
        {
            var model = query.Models[i];
            if ((!model.IsFitted() || fittedThroughout ? all : fitted) is { } cell && !RollupFigures.FromCell(cell, model, query.View).IsZero)
                yield return (model, cell, earnings[i].Sum);
        }
    }
}

/// <summary>What there is to see of a group under a model.</summary>
internal sealed record RollupGroupResult(RollupGroupKey Key, Model Model, MeasureCell Cell, RollupEarnings Earnings);

/// <summary>
/// Reads rollups and adds them up by what a question keeps apart. Rollups come by day, so with days kept apart only one day is held at
/// a time; without, one sum a placement. Not thread-safe; one for each question.
/// </summary>
internal sealed class RollupAggregation(RollupQuery query, RollupReading reading)
{
    /// <summary>The last day that was closed; null when none was.</summary>
    public DateOnly? ClosedThrough => reading.ClosedThrough;

    /// <summary>Every conversion of the brand on the days asked for, once, whatever campaign or creator. Complete when the groups are read to their end.</summary>
    public MeasureCell Totals { get; } = new();

    /// <summary>What the scope of a query comes to as one row: by the books, refunds on the order's day.</summary>
    public static async Task<RollupFigures> ReadBookTotalsAsync(RollupQuery scope, IRollupStore store, CancellationToken cancellation)
    {
        var query = scope with { Models = [scope.Brand.ReportedModel], AllModels = false, View = RollupView.Cohort, AsOf = null, GroupBy = new(Day: false, Campaign: false, Creator: false) };
        // A creator's days need not be kept apart for this, and a campaign's are added up already.
        var question = query.Question with { Grain = query.Creator is null ? RollupGrain.Campaigns : RollupGrain.Periods };
        var groups = new RollupAggregation(query, (await store.SumRollupsAsync(query.Brand.Id, [question], query.AsOf, cancellation))[0]);
        var cell = new MeasureCell();
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
            if (shown.Key.Attributed) cell = shown.Cell;
        return RollupFigures.FromCell(cell, query.Models[0], query.View);
    }

    /// <summary>The groups by day, then the unattributed, then by campaign and creator, ordinal; an absent key before any.</summary>
    public async IAsyncEnumerable<KeyValuePair<RollupGroupKey, RollupGroupSums>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var held = new Dictionary<RollupGroupKey, RollupGroupSums>();
        DateOnly? day = null;
        await foreach (var (key, cell) in reading.Cells.WithCancellation(cancellation))
        {
            if (query.GroupBy.Day && day != key.Day)
            {
                foreach (var group in Sorted(held)) yield return group;
                held.Clear();
                day = key.Day;
            }
            if (key.IsTotal) Totals.Add(cell);
            else if (key.IsUnattributed || Matches(key)) Add(held, GetGroupKey(key, query.GroupBy), cell, key);
        }
        foreach (var group in Sorted(held)) yield return group;
    }

    /// <summary>What there is to see of the groups, in their order, under each model asked for.</summary>
    public async IAsyncEnumerable<RollupGroupResult> ReadResultsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (key, sums) in ReadAsync(cancellation))
            foreach (var (model, cell, earnings) in sums.GetResults())
                yield return new(key, model, cell, earnings);
    }

    private bool Matches(in RollupKey key) =>
        (query.Campaign is null || key.Campaign == query.Campaign) && (query.Creator is null || key.Creator == query.Creator);

    /// <summary>The group of a key that is no total.</summary>
    public static RollupGroupKey GetGroupKey(in RollupKey key, RollupGrouping groupBy) => key.IsUnattributed
        ? new(groupBy.Day ? key.Day : null, null, null, Attributed: false)
        : new(
            groupBy.Day ? key.Day : null,
            groupBy.Campaign ? key.Campaign : null,
            groupBy.Creator && key.Creator.Length > 0 ? key.Creator : null,
            Attributed: true);

    private void Add(Dictionary<RollupGroupKey, RollupGroupSums> held, RollupGroupKey group, MeasureCell cell, in RollupKey key)
    {
        if (!held.TryGetValue(group, out var sums)) held[group] = sums = new RollupGroupSums(query);
        sums.Add(cell, key.Day, query.Catalog.FindCampaign(key.Campaign)?.GrossMarginPercent);
    }

    private static IEnumerable<KeyValuePair<RollupGroupKey, RollupGroupSums>> Sorted(Dictionary<RollupGroupKey, RollupGroupSums> held) =>
        held.OrderBy(group => group.Key.Attributed)
            .ThenBy(group => group.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Creator, StringComparer.Ordinal);
}
