using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Quality;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Configuration;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Journeys;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Attribution;

/// <summary>
/// Applies a newer version of a data set once all live processes have it, and marks the journeys that it reaches. They
/// are evaluated again in the background, like after a change of the catalog. Resumes after a killed process: it then
/// searches all journeys again, and finds those that still have the old results. Several processes may search at once;
/// they find the same.
/// </summary>
internal sealed partial class DataSetUpdate(
    IFormatStore formats, IDataSetStore sets, IJourneyStore journeys, BotRelabeling relabeling, CatalogCache catalogs, TimeProvider time,
    IOptions<AttributionOptions> options, IOptions<AcceptanceOptions> acceptance, ILogger<DataSetUpdate> logger)
{
    private const int JourneysPerWrite = 1_000;

    // The newest version of each kind that needs nothing more.
    private readonly Dictionary<string, int> completed = [];

    /// <summary>Does what remains to be done; nothing if the store has the agreed versions.</summary>
    public async Task ContinueAsync(CancellationToken cancellation)
    {
        foreach (var kind in DataSetKinds.All)
        {
            var agreed = formats.Agreed[kind];
            if (agreed == 0 || completed.GetValueOrDefault(kind) >= agreed) continue;
            await ContinueAsync(kind, agreed, cancellation);
        }
    }

    private async Task ContinueAsync(string kind, int agreed, CancellationToken cancellation)
    {
        if ((await sets.ListDataSetsAsync(kind, cancellation)).Last(IsApplied).Number < agreed)
        {
            // Fails if the catalog changed meanwhile, or if another process was first: it is tried again.
            if (!await ApplyAsync(kind, agreed, cancellation)) return;
            LogApplied(kind, DataSetKinds.VersionOf(kind, agreed));
        }

        var catalog = await catalogs.RefreshAsync(cancellation);
        var pending = (await sets.ListDataSetsAsync(kind, cancellation)).Where(set => set.IsPending).ToList();
        if (pending.Count > 0)
        {
            var outcome = kind == DataSetKinds.BotRules
                ? await RelabelAsync(pending[^1], cancellation)
                : await MarkAsync(DataSetSearch.Create(kind, catalog), pending[^1], cancellation);
            foreach (var set in pending) await sets.CompleteDataSetAsync(kind, set.Number, outcome, cancellation);
        }

        completed[kind] = agreed;
    }

    private async Task<bool> ApplyAsync(string kind, int number, CancellationToken cancellation)
    {
        var catalog = await catalogs.RefreshAsync(cancellation);
        var now = Timestamp.From(time.GetUtcNow());
        return await sets.ApplyDataSetAsync(
            new()
            {
                Kind = kind, Number = number, ExpectedVersion = catalog.Version, At = now,
                // Orders that are old enough to be archived keep their days.
                SealedBefore = kind == DataSetKinds.TimeZones
                    ? now - acceptance.Value.Horizon - options.Value.SealAfter : new(long.MinValue),
                Deltas = kind == DataSetKinds.Currencies ? GetCostsChange(catalog) : new(),
            },
            cancellation);
    }

    /// <summary>Returns how the measures of costs change when fixed rates apply.</summary>
    private static MeasureSums GetCostsChange(CatalogSnapshot catalog)
    {
        var change = CostMeasures.Calculate(CatalogSnapshot.Create(catalog.Contents with { FixedRatesVersion = catalog.Version + 1 }));
        change.Add(CostMeasures.Calculate(catalog), -1);
        return change.DropZeros();
    }

    private async Task<DataSetOutcome> MarkAsync(DataSetSearch search, StoredDataSet set, CancellationToken cancellation)
    {
        if (search.MayReachAny) await journeys.ScanAsync((journey, _, _) => search.Add(journey), cancellation);
        var outcome = new DataSetOutcome(Timestamp.From(time.GetUtcNow()), search.Reached.Count, search.Orders, search.SealedOrders);
        LogMove(set.Kind, set.Version, outcome.Journeys, outcome.Orders, search.Reason, outcome.SealedOrders);
        foreach (var ids in search.Reached.Chunk(JourneysPerWrite))
            await journeys.MarkStaleAsync(ids, set.CatalogVersion!.Value, cancellation);
        return outcome;
    }

    private async Task<DataSetOutcome> RelabelAsync(StoredDataSet set, CancellationToken cancellation)
    {
        // The rules that stored touches were labeled with: those before the first set that is not complete.
        var stored = await sets.ListDataSetsAsync(set.Kind, cancellation);
        var before = stored.Last(known => IsApplied(known) && !known.IsPending);
        var content = (await sets.ReadContentAsync(set.Kind, before.Number, cancellation))!;
        var outcome = await relabeling.RunAsync(BotRules.Parse(content), cancellation);
        LogRelabeled(set.Version, outcome.Journeys, outcome.Orders);
        return outcome;
    }

    private static bool IsApplied(StoredDataSet set) => set.CatalogVersion is not null;

    [LoggerMessage(
        EventIds.DataSetApplied, LogLevel.Information, "All live processes have version {Version} of the {Kind}; it applies from now on")]
    private partial void LogApplied(string kind, string version);

    [LoggerMessage(
        EventIds.TouchesRelabeled, LogLevel.Information,
        "The bot rules of {Version} label touches of {Journeys} journeys with {Orders} orders differently; ledger entries and restatements "
        + "of this have the reason 'bot_rules'")]
    private partial void LogRelabeled(string version, long journeys, long orders);

    [LoggerMessage(
        EventIds.DataSetMove, LogLevel.Information,
        "The {Kind} of {Version} change {Journeys} journeys with {Orders} orders; they are evaluated again, and ledger entries and "
        + "restatements of this have the reason '{Reason}'. {SealedOrders} sealed orders keep their day")]
    private partial void LogMove(string kind, string version, long journeys, long orders, string reason, long sealedOrders);
}
