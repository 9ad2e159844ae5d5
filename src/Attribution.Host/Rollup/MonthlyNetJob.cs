using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Costs;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that freezes each creator's net of a month, for campaigns that share costs by net and have costs in that month.
/// It waits until every day of the month has closed, every journey is evaluated with the current catalog, and all
/// earlier commits are folded. The net that reports show then becomes a catalog item, written together with the change
/// of costs. A month is written at the catalog version with which it was read; otherwise it is read again. Regardless
/// of the number of hosts and crashes it is frozen once. An item written by a user is kept; a deleted item is created
/// again.
/// </summary>
internal sealed partial class MonthlyNetJob(
    IRollupStore rollups, IJourneyStore journeys, ICatalogStore store, CatalogCache catalogs, NightlyJobRunner nightly,
    TimeProvider time, ILogger<MonthlyNetJob> logger) : INightlyJob
{
    /// <summary>Name under which the store records the job's runs.</summary>
    public const string Name = "monthly-nets";

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task RunAsync(Timestamp due, CancellationToken cancellation) =>
        nightly.RunOnceAsync(Name, due, FreezeMonthsAsync, cancellation);

    private async Task<bool> FreezeMonthsAsync(CancellationToken cancellation)
    {
        var (began, started) = (time.GetTimestamp(), Timestamp.From(time.GetUtcNow()));
        var skipped = new HashSet<(string, DateOnly)>();
        while (true)
        {
            var catalog = await catalogs.RefreshAsync(cancellation);
            if (await FindNextMonthAsync(catalog, skipped, cancellation) is not var (campaign, month)) return true;
            if (await IsSettledAsync(catalog, started, cancellation))
            {
                if (!await TryFreezeMonthAsync(catalog, campaign, month, cancellation)) skipped.Add((campaign, month));
            }
            else if (time.GetElapsedTime(began) > SettleTimeout)
            {
                LogUnsettled(SettleTimeout);
                return false;
            }
            else await Task.Delay(PollInterval, time, cancellation);
        }
    }

    /// <summary>Returns the first month to freeze that is closed and not skipped; null if there is none.</summary>
    private async Task<(string Campaign, DateOnly Month)?> FindNextMonthAsync(
        CatalogSnapshot catalog, HashSet<(string, DateOnly)> skipped, CancellationToken cancellation)
    {
        foreach (var (campaign, month) in MonthlyNets.FindMissing(catalog))
            if (!skipped.Contains((campaign, month))
                && await rollups.ReadClosedThroughAsync(catalog.FindCampaign(campaign)!.Brand, cancellation) >= CalendarMonth.LastOf(month))
                return (campaign, month);
        return null;
    }

    private async Task<bool> IsSettledAsync(
        CatalogSnapshot catalog, Timestamp started, CancellationToken cancellation) =>
        (await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count == 0
        && (await rollups.ReadBacklogAsync(cancellation)).Oldest is var oldest && !(oldest < started)
        // A delta that is ahead of the clock was written earlier than it says.
        && !(oldest is { } waiting && waiting.IsAheadOf(Timestamp.From(time.GetUtcNow())));

    /// <summary>
    /// Returns false if there is nothing to write, because the month has no creators or too many. Returns true if the
    /// month was written, or if the catalog has changed and the month must be read again.
    /// </summary>
    private async Task<bool> TryFreezeMonthAsync(
        CatalogSnapshot catalog, string campaign, DateOnly month, CancellationToken cancellation)
    {
        var brand = catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!;
        var net = MonthlyNets.CreateItem(
            catalog, campaign, month, await LoadNetsAsync(brand, campaign, month, cancellation));
        if (net.Creators.Count == 0) return false;
        if (CatalogRules.Check(catalog.Contents, net) is [var fault, ..])
        {
            LogRefused(net.Id, fault.Pointer, fault.Detail);
            return false;
        }

        var put = KeyValuePair.Create(CatalogKinds.RefOf(net), (ICatalogItem)net);
        var after = CatalogSnapshot.Create(
            catalog.Contents with { Items = catalog.Contents.Items.SetItem(put.Key, net) });
        var change = new CatalogChange
        {
            ExpectedVersion = catalog.Version, Puts = [put], Deltas = CostMeasures.Between(catalog, after),
            At = Timestamp.From(time.GetUtcNow()),
        };
        if (await store.WriteChangeAsync(change, cancellation)) LogFixed(net.Id, net.Creators.Count);
        return true;
    }

    /// <summary>
    /// Reads the net of a campaign's month by creator, as reports show it under the brand's reported model.
    /// </summary>
    private async Task<Dictionary<string, Int128>> LoadNetsAsync(
        BrandSettings brand, string campaign, DateOnly month, CancellationToken cancellation)
    {
        var query = new RollupSumQuery
        {
            Grain = RollupGrain.Periods, From = month, To = CalendarMonth.LastOf(month), Campaign = campaign,
            Models = 1 << (int)brand.ReportedModel,
        };
        var sums = await rollups.SumRollupsAsync(brand.Id, [query], asOf: null, cancellation);
        var nets = new Dictionary<string, Int128>(StringComparer.Ordinal);
        await foreach (var (key, cell) in sums[0].Cells.WithCancellation(cancellation))
            if (key.Campaign == campaign && key.Creator.Length > 0)
                nets[key.Creator] = nets.GetValueOrDefault(key.Creator) + cell.NetOf(brand.ReportedModel);
        return nets;
    }

    [LoggerMessage(EventIds.MonthlyNetFrozen, LogLevel.Information, "Monthly net {Id} frozen, creators: {Creators}")]
    private partial void LogFixed(string id, int creators);

    [LoggerMessage(EventIds.MonthlyNetInvalid, LogLevel.Error, "Monthly net {Id} cannot be frozen, so the costs remain with the campaign: {Pointer} {Detail}")]
    private partial void LogRefused(string id, string pointer, string detail);

    [LoggerMessage(
        EventIds.MonthlyNetSkipped, LogLevel.Warning,
        "No monthly net frozen: journeys or rollups were not settled after {Patience}; the next run tries again")]
    private partial void LogUnsettled(TimeSpan patience);
}
