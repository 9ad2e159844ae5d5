using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Host.Access;

namespace Attribution.Host.Ingest;

/// <summary>Events of one request on their way to be kept. Filled by the request, then handed over once.</summary>
internal sealed class EventBatch(Caller caller, DateTimeOffset receivedAt)
{
    private readonly TaskCompletionSource<WriteOutcome> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whose they are; everything in one message has one caller's source and brand and one moment of receipt.</summary>
    public (string Source, string Brand, DateTimeOffset ReceivedAt) Key { get; } = (caller.Source, caller.Brand, receivedAt);

    /// <summary>Trace context of the request; null when nobody traces.</summary>
    public string? TraceParent { get; } = Activity.Current is { Recorded: true } span ? span.Id : null;

    /// <summary>What was accepted, in order.</summary>
    public List<byte[]> Events { get; } = [];

    /// <summary>What was refused, in order.</summary>
    public List<RefusedEvent> Refused { get; } = [];

    /// <summary>Bytes of both.</summary>
    public long Bytes { get; private set; }

    /// <summary>Events of both.</summary>
    public int Count => Events.Count + Refused.Count;

    /// <summary>How it ended.</summary>
    public Task<WriteOutcome> Completion => completion.Task;

    public void Add(ValidationResult verdict)
    {
        if (verdict.Event is { } accepted)
        {
            Events.Add(accepted);
            Bytes += accepted.Length;
        }
        else
        {
            Refused.Add(verdict.Refused!);
            Bytes += verdict.Refused!.Payload.Length;
        }
    }

    public void Complete(WriteOutcome outcome) => completion.TrySetResult(outcome);
}

/// <summary>What became of a batch. Anything but <see cref="Durable"/> is answered 503: the sender sends again.</summary>
internal enum WriteOutcome
{
    /// <summary>Every message that holds one of its events is on the disk, or confirmed by the broker.</summary>
    Durable,

    /// <summary>The spool's file, or the disk, is full.</summary>
    Full,

    /// <summary>More waits for the disk than may.</summary>
    Busy,

    /// <summary>The disk failed.</summary>
    Failed,

    /// <summary>The host stops.</summary>
    Stopping,
}
