using System.Globalization;
using Attribution.Contracts;
using Attribution.Host.Messaging;
using Attribution.Host.Observability;
using Attribution.Storage.Jobs;
using MassTransit;

namespace Attribution.Host.Attribution;

/// <summary>
/// Handles the messages that the broker delivers again, because the process that had them ended. One of them may have ended
/// it, so they are handled one at a time, and each attempt is counted in the store before it begins. A message that ended
/// <see cref="MaxAttempts"/> processes becomes a dead letter. The broker's own count does not tell that: it includes
/// all messages that a process had only fetched. Before that count reaches the broker's limit, a message is replaced by a
/// copy. Thread-safe.
/// </summary>
internal sealed partial class RedeliveredPacks(CommitQueue commits, IJobStore store, IBus bus, ILogger<RedeliveredPacks> logger) : IDisposable
{
    /// <summary>Number of processes that a message may end. The first delivery is not counted.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Header of a copy, which is a redelivery from the start.</summary>
    public const string RenewedHeader = "attribution-renewed";

    private static readonly TimeSpan RenewTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turn = new(1);
    private readonly HashSet<Guid> counted = [];

    /// <summary>Commits a message, or replaces it by a copy on the broker.</summary>
    /// <exception cref="PoisonMessageException">The message has ended too many processes.</exception>
    public async Task ConsumeAsync(ConsumeContext<EventPack> context)
    {
        var (pack, cancellation) = (context.Message, context.CancellationToken);
        var deliveries = ReadDeliveryCount(context.ReceiveContext);
        if (deliveries >= BusTopology.RenewAfter && await TryRenewAsync(pack, deliveries, cancellation)) return;
        await turn.WaitAsync(cancellation);
        try
        {
            await AttemptAsync(pack, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private static long ReadDeliveryCount(ReceiveContext received) =>
        received.TransportHeaders.TryGetHeader(BusTopology.DeliveryCountHeader, out var count)
            ? Convert.ToInt64(count, CultureInfo.InvariantCulture) : 0;

    private async Task AttemptAsync(EventPack pack, CancellationToken cancellation)
    {
        // Counted once per process: while the process lives, the message has not ended it.
        if (!counted.Contains(pack.PackId))
        {
            var attempt = 1 + await store.CountAttemptAsync(pack.PackId, cancellation);
            if (attempt > MaxAttempts)
            {
                await store.ForgetAttemptsAsync(pack.PackId, CancellationToken.None);
                LogParked(pack.PackId, MaxAttempts);
                throw new PoisonMessageException(MaxAttempts);
            }

            counted.Add(pack.PackId);
        }

        try
        {
            await commits.EnqueueAsync(pack, cancellation);
        }
        finally
        {
            // Committed or refused, it has not ended the process.
            await store.ForgetAttemptsAsync(pack.PackId, CancellationToken.None);
            counted.Remove(pack.PackId);
        }
    }

    /// <summary>
    /// Publishes a copy to the end of the queue, whose deliveries the broker counts from 0. If the process ends before the
    /// message is acknowledged, both are delivered, which is harmless.
    /// </summary>
    private async Task<bool> TryRenewAsync(EventPack pack, long deliveries, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RenewTimeout);
        try
        {
            var queue = await bus.GetSendEndpoint(new Uri($"exchange:{BusNames.AttributeQueue}"));
            await queue.Send(
                pack, send =>
                {
                    send.MessageId = pack.PackId;
                    send.Headers.Set(RenewedHeader, "true");
                },
                limit.Token);
            LogRenewed(pack.PackId, deliveries);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // For example, the queue is at its bound. The message itself is handled instead.
            LogNotRenewed(pack.PackId, e.Message);
            return false;
        }
    }

    [LoggerMessage(
        EventIds.PackParked, LogLevel.Error,
        "Message {Pack} ended {Attempts} processes that attributed it, and becomes a dead letter; see 'attribution dead-letters list'")]
    private partial void LogParked(Guid pack, int attempts);

    [LoggerMessage(
        EventIds.PackRenewed, LogLevel.Information,
        "Message {Pack} was delivered {Deliveries} times without an answer and is replaced by a copy, because the broker gives messages up")]
    private partial void LogRenewed(Guid pack, long deliveries);

    [LoggerMessage(
        EventIds.PackNotRenewed, LogLevel.Warning, "Message {Pack} was delivered often and could not be replaced by a copy: {Reason}")]
    private partial void LogNotRenewed(Guid pack, string reason);
}

/// <summary>A message ended every process that attributed it. It becomes a dead letter with this reason, without retries.</summary>
internal sealed class PoisonMessageException(int attempts) : Exception(
    $"Each of {attempts} attempts to attribute the message ended its process. Find the cause in the logs of these processes, "
    + "then replay the message with 'attribution dead-letters replay'.");
