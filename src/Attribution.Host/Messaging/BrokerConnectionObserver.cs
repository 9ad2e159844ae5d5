using Attribution.Host.Observability;
using MassTransit;

namespace Attribution.Host.Messaging;

/// <summary>
/// Logs once that the queue cannot be consumed from, and once that it can again. The transport would log every attempt.
/// </summary>
internal sealed partial class BrokerConnectionObserver(ILogger<BrokerConnectionObserver> logger)
    : IReceiveEndpointObserver
{
    private int isUnavailable;

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (IsAttributeQueue(ready.InputAddress) && ready.IsStarted && Interlocked.Exchange(ref isUnavailable, 0) == 1)
            LogBack(BusNames.AttributeQueue);
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (IsAttributeQueue(faulted.InputAddress) && Interlocked.Exchange(ref isUnavailable, 1) == 0)
            LogAway(BusNames.AttributeQueue, faulted.Exception?.Message ?? "no reason given");
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    // The transport also reports its own queue for responses, which the product does not use.
    private static bool IsAttributeQueue(Uri address) =>
        address.AbsolutePath.EndsWith(BusNames.AttributeQueue, StringComparison.Ordinal);

    [LoggerMessage(
        EventIds.BrokerQueueUnavailable, LogLevel.Warning, "Cannot consume from the broker's queue {Queue} ({Reason}); retrying")]
    private partial void LogAway(string queue, string reason);

    [LoggerMessage(
        EventIds.BrokerQueueRecovered, LogLevel.Information, "Consuming from the broker's queue {Queue} again")]
    private partial void LogBack(string queue);
}
