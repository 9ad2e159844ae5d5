using Attribution.Storage.Jobs;
using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage.Catalog;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;
using Quartz;

namespace Attribution.Host.Rollup;

/// <summary>
/// Fits each brand's models to its paths: waits until every journey stands on the current catalog, counts the paths of all as of one
/// moment, and adds the fits to the catalog at the version they were counted with; else it starts again. The same journeys so give the same
/// fit. One that says what the brand's last one says is not written.
/// </summary>
[DisallowConcurrentExecution]
internal sealed partial class FitModelsJob(
    IRollupStore rollups, IReconciliationStore reconciliation, IJobStore jobs, IJourneyStore journeys, ICatalogStore store, CatalogCache catalogs,
    NightlyJobRunner nightly, TimeProvider time, IOptions<RollupOptions> options, ILogger<FitModelsJob> logger) : IJob
{
    /// <summary>The job's name in the store's last runs.</summary>
    public const string Name = "fit";

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await RunAsync(NightlyJobRunner.GetDueTime(context), cancellationToken);

    /// <summary>The run that was due then, where no other process has done it.</summary>
    public Task RunAsync(Timestamp due, CancellationToken cancellation) => nightly.RunOnceAsync(Name, due, FitAsync, cancellation);

    private async Task<bool> FitAsync(CancellationToken cancellation)
    {
        var started = Timestamp.From(time.GetUtcNow());
        while (true)
        {
            var catalog = await catalogs.RefreshAsync(cancellation);
            if ((await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count > 0)
            {
                if (Timestamp.From(time.GetUtcNow()) - started > SettleTimeout)
                {
                    LogUnsettled(SettleTimeout);
                    return false;
                }

                await Task.Delay(PollInterval, time, cancellation);
                continue;
            }

            if (await TryFitAsync(catalog, started, cancellation)) return true;
        }
    }

    /// <summary>False: the catalog moved on, or a day closed meanwhile; nothing is written.</summary>
    private async Task<bool> TryFitAsync(CatalogSnapshot catalog, Timestamp started, CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        // Where another host has fitted meanwhile there is nothing left to do.
        var windows = catalog.Items<BrandItem>().Where(brand => !(catalog.FitsOf(brand.Id) is [.., var last] && last.FittedAt >= started))
            .Select(brand => Window.Create(catalog.FindBrand(brand.Id)!, now, options.Value)).ToDictionary(window => window.Brand, StringComparer.Ordinal);
        var (_, version, _) = await reconciliation.ReadForReconciliationAsync(
            journey =>
            {
                if (windows.TryGetValue(journey.Brand, out var window)) window.Counts.AddJourney(journey, window.From, window.To, catalog);
            },
            cancellation);
        if (version != catalog.Version) return false;

        var fits = new List<Fit>();
        foreach (var window in windows.Values.Where(window => FindShortfall(window.Counts) is null))
        {
            var fit = CreateFit(window, catalog.FitsOf(window.Brand), await rollups.ReadClosedThroughAsync(window.Brand, cancellation), now);
            if (catalog.FitsOf(window.Brand) is not [.., var last] || !fit.HasSameValuesAs(last)) fits.Add(fit);
        }

        if (fits.Count > 0 && !await store.WriteChangeAsync(new CatalogChange { ExpectedVersion = version, Fits = fits, At = now }, cancellation)) return false;
        foreach (var window in windows.Values) await jobs.RecordFitAttemptAsync(new(window.Brand, now, FindShortfall(window.Counts)), cancellation);
        foreach (var fit in fits) LogFitted(fit.Brand, fit.Number, fit.From, fit.Order, fit.Conversions, fit.NonConverting, fit.Values.Length);
        await catalogs.RefreshAsync(cancellation);
        return true;
    }

    private Fit CreateFit(Window window, IReadOnlyList<Fit> before, DateOnly? closedThrough, Timestamp now) => new()
    {
        Brand = window.Brand,
        Number = before.Count == 0 ? 1 : before[^1].Number + 1,
        FittedAt = now,
        From = GetFirstDay(window.From, before, closedThrough),
        Order = window.Counts.Order,
        WindowFrom = window.From,
        WindowTo = window.To,
        Conversions = window.Counts.Conversions,
        NonConverting = options.Value.FitNonConverting ? window.Counts.NonConverting : 0,
        Values = Fit.Calculate(window.Counts, options.Value.FitNonConverting),
    };

    /// <summary>The first open day; of a brand's first fit the first of its window, where that is earlier: those days had no fit to keep.</summary>
    private static DateOnly GetFirstDay(DateOnly windowFrom, IReadOnlyList<Fit> before, DateOnly? closedThrough)
    {
        var open = closedThrough?.AddDays(1);
        if (before is [.., var last]) return open > last.From ? open.Value : last.From;
        return open < windowFrom ? open.Value : windowFrom;
    }

    private string? FindShortfall(PathCounts counts)
    {
        var placements = counts.Placements.Count(counted => counted.Conversions > 0);
        return counts.Conversions >= options.Value.FitMinimumConversions && placements >= options.Value.FitMinimumPlacements
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Too few paths: {counts.Conversions} converted, over {placements} placements; a fit needs {options.Value.FitMinimumConversions} over {options.Value.FitMinimumPlacements}");
    }

    private sealed record Window(string Brand, DateOnly From, DateOnly To, PathCounts Counts)
    {
        public static Window Create(BrandSettings brand, Timestamp now, RollupOptions options) =>
            new(brand.Id, brand.Calendar.DayOf(now - options.FitWindow), brand.Calendar.DayOf(now), new PathCounts(options.FitOrder));
    }

    [LoggerMessage(EventIds.ModelsFitted, LogLevel.Information, "Fit {Number} of brand {Brand}, from {From} on: order {Order}, {Conversions} paths that converted, {NonConverting} that did not, {Placements} placements")]
    private partial void LogFitted(string brand, int number, DateOnly from, int order, long conversions, long nonConverting, int placements);

    [LoggerMessage(EventIds.FitSkipped, LogLevel.Warning, "No fit: journeys were still evaluated anew after {Patience}; it is tried again at the next run")]
    private partial void LogUnsettled(TimeSpan patience);
}
