using Attribution.Host.Access;

namespace Attribution.Host.Hosting;

/// <summary>Reads catalog and keys before anything listens, then looks each second whether they moved on.</summary>
internal sealed partial class SnapshotRefresher(CatalogCache catalog, ApiCredentialCache keys, TimeProvider time, ILogger<SnapshotRefresher> logger) : BackgroundService
{
    /// <summary>How often the store is asked for its catalog's version and its keys.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the first reading: a stage never meets a catalog that was not read.</summary>
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
                if (failing)
                    LogRecovered();
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The snapshot stays; a commit names its version and is refused where the catalog moved on, so nothing goes wrong silently.
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
