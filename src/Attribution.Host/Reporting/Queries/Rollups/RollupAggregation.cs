using System.Runtime.CompilerServices;
using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>
/// Reads rollups and adds them up by the requested grouping. Rollups arrive in the order of days: if the grouping
/// includes days, only one day is held in memory at a time, otherwise one sum per placement. Not thread-safe; use one
/// instance per query.
/// </summary>
internal sealed class RollupAggregation(RollupQuery query, RollupReading reading)
{
    /// <summary>Gets the last closed day; null if no day is closed.</summary>
    public DateOnly? ClosedThrough => reading.ClosedThrough;

    /// <summary>
    /// Gets the sum over every conversion of the brand, each counted once, regardless of campaign and creator. Complete
    /// after all groups are read.
    /// </summary>
    public MeasureCell Totals { get; } = new();

    /// <summary>Returns the total of a query under the book model, with refunds on the order's day.</summary>
    public static async Task<RollupFigures> ReadBookTotalsAsync(
        RollupQuery scope, IRollupStore store, CancellationToken cancellation)
    {
        var query = scope with
        {
            Models = [scope.Brand.ReportedModel], AllModels = false, View = RollupView.Cohort, AsOf = null,
            GroupBy = new(Day: false, Campaign: false, Creator: false),
        };
        // The days of a creator can be added up by the store; those of a campaign already are.
        var question = query.Question with { Grain = query.Creator is null ? RollupGrain.Campaigns
            : RollupGrain.Periods };
        var groups = new RollupAggregation(
            query, (await store.SumRollupsAsync(query.Brand.Id, [question], query.AsOf, cancellation))[0]);
        var cell = new MeasureCell();
        await foreach (var shown in groups.ReadResultsAsync(cancellation))
            if (shown.Key.Attributed) cell = shown.Cell;
        return RollupFigures.FromCell(cell, query.Models[0], query.View);
    }

    /// <summary>
    /// Returns the groups ordered by day, unattributed first, then by campaign and creator (ordinal, null first).
    /// </summary>
    public async IAsyncEnumerable<KeyValuePair<RollupGroupKey,
    RollupGroupSums>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var groups = new Dictionary<RollupGroupKey, RollupGroupSums>();
        DateOnly? day = null;
        await foreach (var (key, cell) in reading.Cells.WithCancellation(cancellation))
        {
            if (query.GroupBy.Day && day != key.Day)
            {
                foreach (var group in Sorted(groups)) yield return group;
                groups.Clear();
                day = key.Day;
            }
            if (key.IsTotal) Totals.Add(cell);
            else if (key.IsUnattributed || Matches(key)) Add(groups, GetGroupKey(key, query.GroupBy), cell, key);
        }
        foreach (var group in Sorted(groups)) yield return group;
    }

    /// <summary>Returns the results of the groups, in their order, under each requested model.</summary>
    public async IAsyncEnumerable<RollupGroupResult> ReadResultsAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (key, sums) in ReadAsync(cancellation))
            foreach (var (model, cell, earnings) in sums.GetResults())
                yield return new(key, model, cell, earnings);
    }

    private bool Matches(in RollupKey key) =>
        (query.Campaign is null || key.Campaign == query.Campaign)
            && (query.Creator is null || key.Creator == query.Creator);

    /// <summary>Returns the group of a key. The key must not be a total.</summary>
    public static RollupGroupKey GetGroupKey(in RollupKey key, RollupGrouping groupBy) => key.IsUnattributed
        ? new(groupBy.Day ? key.Day : null, null, null, Attributed: false)
        : new(
            groupBy.Day ? key.Day : null,
            groupBy.Campaign ? key.Campaign : null,
            groupBy.Creator && key.Creator.Length > 0 ? key.Creator : null,
            Attributed: true);

    private void Add(
        Dictionary<RollupGroupKey, RollupGroupSums> groups, RollupGroupKey group, MeasureCell cell, in RollupKey key)
    {
        if (!groups.TryGetValue(group, out var sums)) groups[group] = sums = new RollupGroupSums(query);
        sums.Add(cell, key.Day, query.Catalog.FindCampaign(key.Campaign)?.GrossMarginPercent);
    }

    private static IEnumerable<KeyValuePair<RollupGroupKey,
    RollupGroupSums>> Sorted(Dictionary<RollupGroupKey, RollupGroupSums> groups) =>
        groups.OrderBy(group => group.Key.Attributed)
            .ThenBy(group => group.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Creator, StringComparer.Ordinal);
}
