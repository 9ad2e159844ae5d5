using Attribution.Host.Access;
using Attribution.Storage;

namespace Attribution.Host.Hosting;

/// <summary>
/// Background service that reads catalog and keys before the host listens, then refreshes them every second.
/// </summary>
internal sealed partial class SnapshotRefresher(
    CatalogCache catalog, ApiCredentialCache keys, StoreCondition condition, TimeProvider time,
    ILogger<SnapshotRefresher> logger) : BackgroundService
{
    /// <summary>Gets the interval at which the catalog's version and the keys are read from the store.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Reads catalog and keys before it returns, so that stages always have a catalog.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await catalog.RefreshAsync(cancellationToken);
        await keys.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var failing = false;
        while (await WaitForNextTickAsync(timer, stoppingToken))
        {
            try
            {
                await catalog.RefreshAsync(stoppingToken);
                await keys.RefreshAsync(stoppingToken);
                condition.ReportRead();
                if (failing)
                    LogRecovered();
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreFaultException e)
            {
                // The old snapshot stays in use, as below. The condition logs the outage.
                condition.Report(e);
            }
            catch (Exception e)
            {
                // The old snapshot stays in use. A commit states its catalog version and is refused if the catalog has
                // changed.
                if (!failing)
                    LogFailed(e);
                failing = true;
            }
        }
    }

    private static async ValueTask<bool> WaitForNextTickAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
