using Attribution.Host.Observability;

namespace Attribution.Host.Attribution;

/// <summary>
/// Re-evaluates journeys with the current catalog, in small commits in the background. Each journey stores the version
/// of its catalog, so that the service resumes after a kill and cannot miss a journey that changed meanwhile.
/// </summary>
internal sealed partial class ReevaluationService(
    Attributor attributor, DataSetUpdate dataSets, TimeProvider time, ILogger<ReevaluationService> logger) : BackgroundService
{
    private const int JourneysPerCommit = 500;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isAnnounced = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isAnnounced && await attributor.CountBeforePlacementSharesAsync(stoppingToken) is > 0 and var count)
                    LogMoving(count);
                if (!isAnnounced && await attributor.CountBeforeFirstOrdersAsync(stoppingToken) is > 0 and var customers)
                    LogMovingToFirstOrders(customers);
                isAnnounced = true;
                await dataSets.ContinueAsync(stoppingToken);
                if (await attributor.ReevaluateAsync(JourneysPerCommit, stoppingToken) == 0)
                    await Task.Delay(PollInterval, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e);
                await Task.Delay(PollInterval, time, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(
        EventIds.MovingToPlacementShares, LogLevel.Information,
        "Evaluating {Journeys} journeys again, because shares are now rounded once per placement; "
        + "ledger entries and restatements of this have the reason 'rounding'")]
    private partial void LogMoving(long journeys);

    [LoggerMessage(
        EventIds.MovingToFirstOrders, LogLevel.Information,
        "Evaluating {Journeys} journeys again, because customers are now new by their earlier orders; "
        + "ledger entries and restatements of this have the reason 'first_order'")]
    private partial void LogMovingToFirstOrders(long journeys);

    [LoggerMessage(EventIds.ReevaluationFailed, LogLevel.Error, "Journeys could not be re-evaluated; retrying")]
    private partial void LogFailed(Exception exception);
}
