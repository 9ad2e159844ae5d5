using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;
using Attribution.Host.Hosting;
using Attribution.Host.Observability;
using Attribution.Storage;
using Attribution.Storage.Catalog;
using Attribution.Storage.Jobs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rollups;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Rollup;

/// <summary>
/// Job that fits each brand's models to its paths. It waits until every journey is evaluated with the current catalog,
/// counts all paths as of one instant, and adds the fits to the catalog at the same version; if the catalog has
/// changed, it starts again. Equal journeys therefore give equal fits. A fit with the same values as the brand's
/// previous one is not written.
/// </summary>
internal sealed partial class FitModelsJob(
    IRollupStore rollups, IReconciliationStore reconciliation, IJobStore jobs, IJourneyStore journeys, ICatalogStore store,
    CatalogCache catalogs, NightlyJobRunner nightly, TimeProvider time, IOptions<RollupOptions> options,
    ILogger<FitModelsJob> logger) : INightlyJob
{
    /// <summary>Name under which the store records the job's runs.</summary>
    public const string Name = "fit";

    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task RunAsync(Timestamp due, CancellationToken cancellation) =>
        nightly.RunOnceAsync(Name, due, FitAsync, cancellation);

    private async Task<bool> FitAsync(CancellationToken cancellation)
    {
        var (began, started) = (time.GetTimestamp(), Timestamp.From(time.GetUtcNow()));
        while (true)
        {
            var catalog = await catalogs.RefreshAsync(cancellation);
            if ((await journeys.FindStaleAsync(catalog.Contents, 1, cancellation)).Count > 0)
            {
                if (time.GetElapsedTime(began) > SettleTimeout)
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

    /// <summary>
    /// Returns false if the catalog has changed or a day has closed meanwhile; nothing is written then.
    /// </summary>
    private async Task<bool> TryFitAsync(CatalogSnapshot catalog, Timestamp started, CancellationToken cancellation)
    {
        var now = Timestamp.From(time.GetUtcNow());
        // Brands that another host has fitted meanwhile are skipped. A fit that is ahead of the clock was made earlier.
        var windows = catalog.Items<BrandItem>()
            .Where(brand => !(catalog.FitsOf(brand.Id) is [.., var last] && last.FittedAt >= started && IsValid(last, now)))
            .Select(brand => Window.Create(catalog.FindBrand(brand.Id)!, now, options.Value))
            .ToDictionary(window => window.Brand, StringComparer.Ordinal);
        var faults = new BrandFaults();
        var (_, version, _) = await reconciliation.ReadForReconciliationAsync(
            journey =>
            {
                if (windows.TryGetValue(journey.Brand, out var window))
                    window.Counts.AddJourney(journey, window.From, window.To, catalog);
            },
            faults, cancellation);
        if (version != catalog.Version) return false;
        foreach (var brand in faults.ByBrand.Keys) windows.Remove(brand);

        var fits = new List<Fit>();
        foreach (var window in windows.Values.Where(window => FindShortfall(window.Counts) is null))
        {
            var closedThrough = await rollups.ReadClosedThroughAsync(window.Brand, cancellation);
            var fit = CreateFit(window, catalog.FitsOf(window.Brand), closedThrough, now);
            if (catalog.FitsOf(window.Brand) is not [.., var last] || !fit.HasSameValuesAs(last)) fits.Add(fit);
        }

        var change = new CatalogChange { ExpectedVersion = version, Fits = fits, At = now };
        if (fits.Count > 0 && !await store.WriteChangeAsync(change, cancellation)) return false;
        foreach (var window in windows.Values)
            await jobs.RecordFitAttemptAsync(new(window.Brand, now, FindShortfall(window.Counts)), cancellation);
        foreach (var fit in fits)
            LogFitted(
                fit.Brand, fit.Number, fit.From, fit.Order, fit.Conversions, fit.NonConverting, fit.Values.Length);
        await catalogs.RefreshAsync(cancellation);
        // The other brands have been fitted.
        faults.ThrowIfAny();
        return true;
    }

    private bool IsValid(Fit fit, Timestamp now)
    {
        if (!fit.FittedAt.IsAheadOf(now)) return true;
        LogVoid(fit.Brand, fit.Number, fit.FittedAt);
        return false;
    }

    private Fit CreateFit(Window window, IReadOnlyList<Fit> previous, DateOnly? closedThrough, Timestamp now) => new()
    {
        Brand = window.Brand,
        Number = previous.Count == 0 ? 1 : previous[^1].Number + 1,
        FittedAt = now,
        From = GetFirstDay(window.From, previous, closedThrough),
        Order = window.Counts.Order,
        WindowFrom = window.From,
        WindowTo = window.To,
        Conversions = window.Counts.Conversions,
        NonConverting = options.Value.FitNonConverting ? window.Counts.NonConverting : 0,
        Values = Fit.Calculate(window.Counts, options.Value.FitNonConverting),
    };

    /// <summary>
    /// Returns the first day that uses the fit: the first open day. A brand's first fit starts no later than the first
    /// day of its window, because those days had no fit.
    /// </summary>
    private static DateOnly GetFirstDay(DateOnly windowFrom, IReadOnlyList<Fit> previous, DateOnly? closedThrough)
    {
        var open = closedThrough?.AddDays(1);
        if (previous is [.., var last]) return open > last.From ? open.Value : last.From;
        return open < windowFrom ? open.Value : windowFrom;
    }

    private string? FindShortfall(PathCounts counts)
    {
        var placements = counts.Placements.Count(counted => counted.Conversions > 0);
        return counts.Conversions >= options.Value.FitMinimumConversions
            && placements >= options.Value.FitMinimumPlacements
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Too few converting paths: {counts.Conversions} with {placements} placements; a fit requires "
                + $"{options.Value.FitMinimumConversions} with {options.Value.FitMinimumPlacements} placements");
    }

    private sealed record Window(string Brand, DateOnly From, DateOnly To, PathCounts Counts)
    {
        public static Window Create(BrandSettings brand, Timestamp now, RollupOptions options) =>
            new(
                brand.Id, brand.Calendar.DayOf(now - options.FitWindow), brand.Calendar.DayOf(now),
                new PathCounts(options.FitOrder));
    }

    [LoggerMessage(
        EventIds.ModelsFitted, LogLevel.Information,
        "Fit {Number} of brand {Brand}, effective from {From}: order {Order}, {Conversions} converting paths, "
        + "{NonConverting} non-converting paths, {Placements} placements")]
    private partial void LogFitted(
        string brand, int number, DateOnly from, int order, long conversions, long nonConverting, int placements);

    [LoggerMessage(
        EventIds.FitVoid, LogLevel.Warning,
        "Fit {Number} of brand {Brand} was made at {At}, which is ahead of this clock; it does not count as tonight's: "
        + "the clock was wrong then, or is wrong now")]
    private partial void LogVoid(string brand, int number, Timestamp at);

    [LoggerMessage(EventIds.FitSkipped, LogLevel.Warning, "Fit skipped: journeys were still being reevaluated after {Patience}; the next run tries again")]
    private partial void LogUnsettled(TimeSpan patience);
}
