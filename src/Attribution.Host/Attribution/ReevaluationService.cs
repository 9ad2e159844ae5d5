using Attribution.Host.Observability;

namespace Attribution.Host.Attribution;

/// <summary>
/// Brings journeys that stand on an older catalog to the current one, in small commits in the background. Where it stands is written in
/// the journeys themselves, so it resumes after a kill and cannot miss one that changed meanwhile.
/// </summary>
internal sealed partial class ReevaluationService(Attributor attributor, TimeProvider time, ILogger<ReevaluationService> logger) : BackgroundService
{
    private const int JourneysPerCommit = 500;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
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

    [LoggerMessage(EventIds.ReevaluationFailed, LogLevel.Error, "Journeys could not be re-evaluated; retrying")]
    private partial void LogFailed(Exception exception);
}
