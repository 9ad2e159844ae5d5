using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Storage.Journeys;

namespace Attribution.Host.Ingest.Imports;

/// <summary>
/// Plans the commits of an import without writing them, and sums what they would add. Memory use does not depend on the
/// number of orders, except for those of people whom later orders can name again. Not thread-safe.
/// </summary>
internal sealed class ImportPlanner(IJourneyStore store, CatalogCache catalogs, IdGenerator ids, BrandSettings brand)
{
    private const int MaxJourneys = 200_000;
    private const int MaxCodes = 50;

    private readonly PlannedJourneys planned = new(MaxJourneys);
    private readonly MeasureSums sums = new();
    private readonly SortedSet<string> settledPerPeriod = new(StringComparer.Ordinal);

    /// <summary>Plans the commit of a batch.</summary>
    public async Task AddAsync(EventBatch batch, EventContext context, CancellationToken cancellation)
    {
        var events = batch.Events.Select(json => EventReader.ReadLenient(json, context).Event).OfType<JourneyEvent>().ToList();
        if (events.Count == 0) return;
        var aliases = events.SelectMany(JourneyPlanner.GetAliases).ToHashSet();
        var load = planned.Apply(await store.LoadJourneysAsync([], aliases, cancellation), aliases);
        var planner = new JourneyPlanner(load, catalogs.Current, ids.Next, JourneyBounds.Default);
        foreach (var one in events) planner.Add(one);
        var commit = planner.ToCommit(Timestamp.From(context.ReceivedAt));
        planned.Add(commit);
        // The day does not matter, so sums stay few.
        foreach (var (key, cell) in commit.Deltas.Cells)
            if (key.Brand == brand.Id) sums[key with { Day = default }].Add(cell);
        foreach (var accrual in commit.Accruals) settledPerPeriod.Add(accrual.Agreement);
    }

    /// <summary>Returns the sums of the batches so far.</summary>
    public ImportPreview ToPreview()
    {
        var total = Find(RollupKey.Total(brand.Id, default));
        var unattributed = Find(RollupKey.Unattributed(brand.Id, default));
        var placements = sums.Cells.Where(cell => cell.Key.Creator.Length > 0 && !cell.Key.IsUnmatched && cell.Key.Campaign != RollupKey.TotalCampaign)
            .OrderByDescending(cell => cell.Value.NetOf(Model.Book)).ThenBy(cell => cell.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(cell => cell.Key.Creator, StringComparer.Ordinal).ToList();
        return new(
            brand.Currency.Code, total[Model.Book, CreditMeasure.Orders], Format(total.NetOf(Model.Book)),
            Format(placements.Aggregate((Int128)0, (sum, cell) => sum + cell.Value.SumOf(Measure.Commission))),
            [
                .. placements.Select(cell => new PreviewRow(
                    cell.Key.Campaign, cell.Key.Creator, cell.Value[Model.Book, CreditMeasure.Orders], Format(cell.Value.NetOf(Model.Book)),
                    Format(cell.Value.SumOf(Measure.Commission)))),
            ],
            new(unattributed[Model.Book, CreditMeasure.Orders], Format(unattributed.NetOf(Model.Book))),
            [
                .. sums.Cells.Where(cell => cell.Key.IsUnmatched && UnmatchedNames.KindOf(cell.Key) == UnmatchedKind.Code)
                    .Select(cell => new PreviewCode(cell.Key.Creator, cell.Value[Measure.Redemptions]))
                    .OrderByDescending(code => code.Orders).ThenBy(code => code.Code, StringComparer.Ordinal).Take(MaxCodes),
            ],
            [.. settledPerPeriod], total[Measure.RateGaps], planned.IsComplete);
    }

    private MeasureCell Find(RollupKey key) => sums.Cells.TryGetValue(key, out var cell) ? cell : new();

    private string Format(Int128 minor) => brand.Currency.Format(minor);
}
