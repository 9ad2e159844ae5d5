using Attribution.Host.Observability;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Publishes the spool's messages to the broker in order and removes confirmed ones. While the circuit is open, it
/// publishes one message at a time to test the broker. A stop leaves the rest in the spool.
/// </summary>
internal sealed partial class BrokerSpoolDrain(
    Spool spool, BrokerCircuit circuit, TimeProvider time, IOptions<IngestOptions> options, ILogger<BrokerSpoolDrain> logger) : BackgroundService
{
    private readonly SpoolOptions settings = options.Value.Spool;
    private long lastSequence;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var messages = await spool.ReadAsync(
                    lastSequence, circuit.IsClosed
                        ? settings.MaxInFlight : 1, settings.MaxInFlightBytes, stoppingToken);
                if (messages.Count == 0) await WaitForMessagesAsync(stoppingToken);
                else if (!await TryDrainAsync(messages)) await DelayAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // The spool's disk is unavailable. Confirmed messages that were not removed are published again under
                // the same id.
                LogFailed(e, spool.Depth);
                await DelayAsync(stoppingToken);
            }
        }

        if (spool.Depth > 0) LogStopped(spool.Depth);
    }

    /// <summary>
    /// Waits for messages. An open circuit without messages to test it is half-opened after a pause, so that the next
    /// request tests the broker. Otherwise nothing would while the spool's disk is unavailable, too.
    /// </summary>
    private async Task WaitForMessagesAsync(CancellationToken stopping)
    {
        await spool.WaitForMessagesAsync(settings.RetryAfter, stopping);
        if (spool.Depth == 0) circuit.HalfOpen();
    }

    private async Task<bool> TryDrainAsync(List<SpooledPack> messages)
    {
        var confirmed = await Task.WhenAll(messages.Select(message =>
            message.Pack is { } pack
                ? circuit.TryPublishAsync(pack, settings.PublishTimeout) : Task.FromResult(false)));
        await spool.RemoveAsync(
            [.. messages.Where((_, i) => confirmed[i]).Select(message => message.Sequence)], CancellationToken.None);
        if (confirmed.Contains(true)) circuit.Close();

        // Continues at the first unconfirmed message. An unreadable message stays in the file and does not block the
        // others.
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Pack is null) LogUnreadable(messages[i].Sequence);
            else if (!confirmed[i]) return false;
            lastSequence = messages[i].Sequence;
        }

        return true;
    }

    private async Task DelayAsync(CancellationToken stopping) =>
        await Task.Delay(settings.RetryAfter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(
        EventIds.BrokerDrainFailed, LogLevel.Warning,
        "The spool could not be read or written while it was drained; {Messages} messages wait and will be retried")]
    private partial void LogFailed(Exception exception, long messages);

    [LoggerMessage(
        EventIds.BrokerDrainMessageUnreadable, LogLevel.Error,
        "This version cannot read message {Sequence} of the spool; the message stays in the file")]
    private partial void LogUnreadable(long sequence);

    [LoggerMessage(EventIds.BrokerDrainStopped, LogLevel.Information, "Stopped; {Messages} messages stay in the spool")]
    private partial void LogStopped(long messages);
}
