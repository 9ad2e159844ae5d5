using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Fixes each creator's net of a month, for campaigns that share costs by net and have some in it: once every day of the month has closed, every journey stands on the
/// current catalog and what was committed before the run is folded, the net that reports show then becomes an item of the catalog, written with what costs change by.
/// A month is written at the catalog's version that it was read with, or read again: however many hosts and kills, it is fixed once. One that somebody wrote by hand is let be,
/// one that was deleted is fixed anew.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class MonthlyNetJob(
    IRollupStore rollups, IJourneyStore journeys, ICatalogStore store, CatalogCache catalogs, NightlyJobRunner nightly, TimeProvider time, ILogger<MonthlyNetJob> logger) : IJob
{
    /// <summary>The job's name in the store's last runs.</summary>
    public const string Name = "monthly-nets";

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await RunAsync(NightlyJobRunner.GetDueTime(context), cancellationToken);

    /// <summary>The run that was due then, where no other process has done it.</summary>
    public Task RunAsync(Timestamp due, CancellationToken cancellation) => nightly.RunOnceAsync(Name, due, FreezeMonthsAsync, cancellation);

    private async Task<bool> FreezeMonthsAsync(CancellationToken cancellation)
    {
        var started = Timestamp.From(time.GetUtcNow());
        var passedOver = new HashSet<(string, DateOnly)>();
        while (true)
        {
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (await FindNextMonthAsync(catalog, passedOver, cancellation) is not var (campaign, month)) return true;
            if (await IsSettledAsync(catalog, started, cancellation))
            {
                if (!await TryFreezeMonthAsync(catalog, campaign, month, cancellation)) passedOver.Add((campaign, month));
            }
            else if (Timestamp.From(time.GetUtcNow()) - started > SettleTimeout)
            {
                LogUnsettled(SettleTimeout);
                return false;
            }
            else await Task.Delay(PollInterval, time, cancellation);
        }
    }

    /// <summary>The first month to fix that is closed and was not passed over; null when there is none.</summary>
    private async Task<(string Campaign, DateOnly Month)?> FindNextMonthAsync(CatalogSnapshot catalog, HashSet<(string, DateOnly)> passedOver, CancellationToken cancellation)
    {
        foreach (var (campaign, month) in MonthlyNets.FindMissing(catalog))
            if (!passedOver.Contains((campaign, month)) && await rollups.ReadClosedThroughAsync(catalog.FindCampaign(campaign)!.Brand, cancellation) >= CalendarMonth.LastOf(month))
                return (campaign, month);
        return null;
    }

    private async Task<bool> IsSettledAsync(CatalogSnapshot catalog, Timestamp started, CancellationToken cancellation) =>
        (await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count == 0 && (await rollups.ReadBacklogAsync(cancellation)).Oldest is var oldest && !(oldest < started);

    /// <summary>False: there is nothing to write, since nobody takes part, or too many do. True: it was written, or the catalog moved on, so that it is looked at again.</summary>
    private async Task<bool> TryFreezeMonthAsync(CatalogSnapshot catalog, string campaign, DateOnly month, CancellationToken cancellation)
    {
        var brand = catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!;
        var net = MonthlyNets.CreateItem(catalog, campaign, month, await LoadNetsAsync(brand, campaign, month, cancellation));
        if (net.Creators.Count == 0) return false;
        if (CatalogRules.Check(catalog.Contents, net) is [var fault, ..])
        {
            LogRefused(net.Id, fault.Pointer, fault.Detail);
            return false;
        }

        var put = KeyValuePair.Create(CatalogKinds.RefOf(net), (ICatalogItem)net);
        var after = CatalogSnapshot.Create(catalog.Contents with { Items = catalog.Contents.Items.SetItem(put.Key, net) });
        var change = new CatalogChange { ExpectedVersion = catalog.Version, Puts = [put], Deltas = CostMeasures.Between(catalog, after), At = Timestamp.From(time.GetUtcNow()) };
        if (await store.WriteChangeAsync(change, cancellation)) LogFixed(net.Id, net.Creators.Count);
        return true;
    }

    /// <summary>Net of a campaign's month by creator, as reports show it under the model of the books.</summary>
    private async Task<Dictionary<string, long>> LoadNetsAsync(BrandSettings brand, string campaign, DateOnly month, CancellationToken cancellation)
    {
        var question = new RollupSumQuery { Grain = RollupGrain.Periods, From = month, To = CalendarMonth.LastOf(month), Campaign = campaign, Models = 1 << (int)brand.ReportedModel };
        var nets = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var (key, cell) in (await rollups.SumRollupsAsync(brand.Id, [question], asOf: null, cancellation))[0].Cells.WithCancellation(cancellation))
            if (key.Campaign == campaign && key.Creator.Length > 0)
                nets[key.Creator] = nets.GetValueOrDefault(key.Creator) + cell.NetOf(brand.ReportedModel);
        return nets;
    }

    [LoggerMessage(EventIds.MonthlyNetFrozen, LogLevel.Information, "Fixed by what net costs are shared: {Id}, {Creators} creators")]
    private partial void LogFixed(string id, int creators);

    [LoggerMessage(EventIds.MonthlyNetInvalid, LogLevel.Error, "The net of {Id} cannot be fixed, and its costs stay the campaign's own: {Pointer} {Detail}")]
    private partial void LogRefused(string id, string pointer, string detail);

    [LoggerMessage(EventIds.MonthlyNetSkipped, LogLevel.Warning, "No net was fixed: journeys or rollups were still not settled after {Patience}; it is tried again at the next run")]
    private partial void LogUnsettled(TimeSpan patience);
}
