using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Host.Observability;
using Attribution.Storage.Journeys;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Attribution.Host.Ingest;

/// <summary>
/// Publishes the spool's messages to the bus in order, a limited number at a time, and removes those that the store
/// has. Only the store's transaction proves that a message was attributed; an acknowledgement does not. Messages that
/// the store does not have in time are published again under the same id, as are those found at start. A stop leaves
/// the rest in the spool.
/// </summary>
internal sealed partial class SpoolDrain(
    Spool spool, IBus bus, IJourneyStore store, TimeProvider time, IOptions<IngestOptions> options, IngestMetrics metrics, ILogger<SpoolDrain> logger)
    : BackgroundService
{
    private readonly Dictionary<Guid, InFlight> inFlight = [];
    private readonly SpoolOptions settings = options.Value.Spool;
    private long bytesInFlight;
    private long lastSequence;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PublishPendingAsync(stoppingToken);
                await spool.WaitForMessagesAsync(
                    inFlight.Count == 0 ? Timeout.InfiniteTimeSpan : settings.CheckEvery, stoppingToken);
                await RemoveCommittedAsync(stoppingToken);
                await RedeliverOverdueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                LogStopped(spool.Depth);
            }
            catch (Exception e)
            {
                // Bus, store or disk is unavailable. Nothing is lost: the messages are in the spool, and the next round
                // starts there.
                LogFailed(e, spool.Depth);
                await Task.Delay(settings.RetryAfter, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task PublishPendingAsync(CancellationToken cancellation)
    {
        while (inFlight.Count < settings.MaxInFlight && bytesInFlight < settings.MaxInFlightBytes)
        {
            var messages = await spool.ReadAsync(
                lastSequence, settings.MaxInFlight - inFlight.Count, settings.MaxInFlightBytes - bytesInFlight, cancellation);
            if (messages.Count == 0)
                return;
            foreach (var message in messages)
            {
                if (message.Pack is null)
                    LogUnreadable(message.Sequence);
                else
                    await PublishAsync(new InFlight(message.Sequence, message.Bytes, message.Pack), cancellation);
                lastSequence = message.Sequence;
            }
        }
    }

    private async Task PublishAsync(InFlight message, CancellationToken cancellation)
    {
        // A stop does not cancel a publish that is under way; it prevents the next one.
        cancellation.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(settings.PublishTimeout, time);
        message.PublishedAt = time.GetTimestamp();
        using var span = Telemetry.StartSpan("publish", ActivityKind.Producer, [message.Pack.TraceParent]);
        await bus.Publish(
            message.Pack with { TraceParent = span?.Id }, context => context.MessageId = message.Pack.PackId, limit.Token);
        if (inFlight.TryAdd(message.Pack.PackId, message)) bytesInFlight += message.Bytes;
    }

    private async Task RemoveCommittedAsync(CancellationToken cancellation)
    {
        if (inFlight.Count == 0)
            return;
        var committed = await store.FindCommittedPacksAsync(inFlight.Keys, cancellation);
        if (committed.Count == 0)
            return;
        await spool.RemoveAsync([.. committed.Select(id => inFlight[id].Sequence)], cancellation);
        foreach (var id in committed)
            if (inFlight.Remove(id, out var message))
                bytesInFlight -= message.Bytes;
    }

    private async Task RedeliverOverdueAsync(CancellationToken cancellation)
    {
        var overdue = inFlight.Values.Where(m => time.GetElapsedTime(m.PublishedAt) >= settings.RedeliverAfter).OrderBy(m => m.Sequence).ToList();
        if (overdue.Count == 0)
            return;
        LogAgain(overdue.Count, settings.RedeliverAfter);
        metrics.RecordRedelivery(overdue.Count);
        foreach (var message in overdue)
            await PublishAsync(message, cancellation);
    }

    private sealed class InFlight(long seq, long bytes, EventPack pack)
    {
        public long Sequence => seq;

        public long Bytes => bytes;

        public EventPack Pack => pack;

        public long PublishedAt { get; set; }
    }
}
