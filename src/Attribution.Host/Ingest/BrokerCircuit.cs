using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Host.Observability;
using MassTransit;

namespace Attribution.Host.Ingest;

/// <summary>
/// The way to the broker, and whether it works: down with the first message that is not confirmed, up with the first of the spool's that is.
/// Thread-safe.
/// </summary>
internal sealed partial class BrokerCircuit(IBus bus, TimeProvider time, ILogger<BrokerCircuit> logger)
{
    private int isOpen;

    /// <summary>Whether the broker confirmed what it was last given, as far as is known.</summary>
    public bool IsClosed => Volatile.Read(ref isOpen) == 0;

    /// <summary>Publishes a message, for a queue or back (mandatory), and says whether the broker confirmed it in time. One it did not confirm may be there all the same.</summary>
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
            // Away, unroutable, refused: whatever it is, the message is not confirmed and is kept elsewhere.
            Open(e.Message);
        }

        return false;
    }

    /// <summary>A message of the spool was confirmed.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref isOpen, 0) == 1) LogUp();
    }

    /// <summary>Lets the next message try it, though nothing says that it works.</summary>
    public void HalfOpen() => Volatile.Write(ref isOpen, 0);

    private void Open(string reason)
    {
        if (Interlocked.Exchange(ref isOpen, 1) == 0) LogDown(reason);
    }

    [LoggerMessage(EventIds.BrokerCircuitOpened, LogLevel.Warning, "The broker does not confirm ({Reason}); accepted events go to the spool until it does")]
    private partial void LogDown(string reason);

    [LoggerMessage(EventIds.BrokerCircuitClosed, LogLevel.Information, "The broker confirms again")]
    private partial void LogUp();
}
