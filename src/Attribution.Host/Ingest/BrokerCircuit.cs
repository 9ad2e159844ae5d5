using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Host.Observability;
using MassTransit;
using PublishException = RabbitMQ.Client.Exceptions.PublishException;

namespace Attribution.Host.Ingest;

/// <summary>
/// Publishes to the broker and tracks whether it confirms. The circuit opens after one unconfirmed message and closes
/// when the broker confirms a message of the spool. Half-open, it lets the next message test the broker. Thread-safe.
/// </summary>
internal sealed partial class BrokerCircuit(IBus bus, TimeProvider time, ILogger<BrokerCircuit> logger)
{
    private int isOpen;

    /// <summary>True if messages go to the broker first: it confirmed the latest one, or the next one tests it.</summary>
    public bool IsClosed => Volatile.Read(ref isOpen) == 0;

    /// <summary>
    /// Publishes a message as mandatory, so that the broker returns it when no queue accepts it. Returns whether the
    /// broker confirmed it in time. An unconfirmed message may have reached the broker.
    /// </summary>
    public async Task<bool> TryPublishAsync(EventPack pack, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var span = Telemetry.StartSpan("publish", ActivityKind.Producer, [pack.TraceParent]);
        try
        {
            await bus.Publish(
                pack with { TraceParent = span?.Id },
                context =>
                {
                    context.MessageId = pack.PackId;
                    context.Mandatory = true;
                },
                limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Open($"no answer within {within.TotalSeconds:0.###} s");
        }
        catch (Exception e)
        {
            // Unreachable, unroutable or rejected: the message is not confirmed and goes to the spool.
            Open(Describe(e));
        }

        return false;
    }

    /// <summary>Closes the circuit after the broker confirmed a message of the spool.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref isOpen, 0) == 1) LogUp();
    }

    /// <summary>Lets the next message test the broker.</summary>
    public void HalfOpen() => Volatile.Write(ref isOpen, 0);

    /// <summary>Returns the reason of a publish that failed. The client's exceptions of confirms have no message.</summary>
    internal static string Describe(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (cause is PublishException publish)
                return publish.IsReturn
                    ? "no queue accepts the message (returned by the broker)" : "the queue is full (rejected by the broker)";
        return fault.Message;
    }

    private void Open(string reason)
    {
        if (Interlocked.Exchange(ref isOpen, 1) == 0) LogDown(reason);
    }

    [LoggerMessage(
        EventIds.BrokerCircuitOpened, LogLevel.Warning, "The broker does not confirm ({Reason}); accepted events go to the spool until it does")]
    private partial void LogDown(string reason);

    [LoggerMessage(EventIds.BrokerCircuitClosed, LogLevel.Information, "The broker confirms again")]
    private partial void LogUp();
}
