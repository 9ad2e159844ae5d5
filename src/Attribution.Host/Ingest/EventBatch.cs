using System.Diagnostics;
using Attribution.Contracts;
using Attribution.Core.Values;
using Attribution.Host.Access;

namespace Attribution.Host.Ingest;

/// <summary>
/// Validated events of one request. The request fills it and hands it to <see cref="BatchWriter"/> once.
/// </summary>
/// <param name="caller">The sender; gives the batch its source and brand.</param>
/// <param name="receivedAt">Time of receipt.</param>
/// <param name="horizonDays">Greatest age of the events in days; null for the configured one.</param>
internal sealed class EventBatch(Caller caller, DateTimeOffset receivedAt, int? horizonDays = null)
{
    /// <summary>
    /// Resolution of times of receipt. All events of a message share the time by which they were validated, so that the
    /// consumer validates them alike. With a finer resolution, requests could hardly share a message.
    /// </summary>
    public static readonly TimeSpan TimestampResolution = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Resolution of times of receipt of shops' deliveries. Of two states of one second, the one received later counts.
    /// </summary>
    public static readonly TimeSpan DeliveryResolution = TimeSpan.FromMilliseconds(1);

    private readonly TaskCompletionSource<WriteOutcome> completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the source, brand, time of receipt and horizon that all events of a message share.</summary>
    public (string Source, string Brand, DateTimeOffset ReceivedAt, int? HorizonDays) Key { get; } = (
        caller.Source, caller.Brand, receivedAt, horizonDays);

    /// <summary>Gets the request's trace context; null when the request is not traced.</summary>
    public string? TraceParent { get; } = Activity.Current is { Recorded: true } span ? span.Id : null;

    /// <summary>Gets the accepted events in order.</summary>
    public List<byte[]> Events { get; } = [];

    /// <summary>Gets the rejected events in order.</summary>
    public List<RefusedEvent> Refused { get; } = [];

    /// <summary>Gets the size of accepted and rejected events in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the number of accepted and rejected events.</summary>
    public int Count => Events.Count + Refused.Count;

    /// <summary>Gets the task that ends with the result of writing.</summary>
    public Task<WriteOutcome> Completion => completion.Task;

    /// <summary>Truncates a time to a resolution, in UTC.</summary>
    public static DateTimeOffset TruncateTime(DateTimeOffset time, TimeSpan resolution) =>
        new(time.UtcTicks - (time.UtcTicks % resolution.Ticks), TimeSpan.Zero);

    /// <summary>Adds a validated event.</summary>
    public void Add(ValidationResult result)
    {
        if (result.Event is { } accepted)
        {
            Events.Add(accepted);
            Bytes += accepted.Length;
            if (result.LeftOut is { } notes) foreach (var note in notes) Note(note);
        }
        else
        {
            Refused.Add(result.Refused!);
            Bytes += result.Refused!.Payload.Length;
        }
    }

    /// <summary>Adds the entry of what was left out of an accepted event.</summary>
    public void Note(RefusedEvent leftOut)
    {
        Refused.Add(leftOut);
        Bytes += leftOut.Payload.Length;
    }

    /// <summary>Ends <see cref="Completion"/>. The first outcome is kept.</summary>
    public void Complete(WriteOutcome outcome) => completion.TrySetResult(outcome);
}

/// <summary>Builds messages from waiting batches.</summary>
internal static class PackBuilder
{
    /// <summary>
    /// Returns messages with each event of the batches once, in order. A message has one source, brand, time of receipt and
    /// horizon. It has at most the given number of events, accepted and rejected, and bytes; an event that is larger
    /// gets a message of its own.
    /// </summary>
    public static List<EventPack> Build(IReadOnlyList<EventBatch> batches, IdGenerator ids, int maxEvents, int maxBytes)
    {
        var packs = new List<EventPack>();
        foreach (var group in batches.GroupBy(b => b.Key))
        {
            var open = new OpenPack();
            foreach (var batch in group)
            {
                open.TraceParent ??= batch.TraceParent;
                foreach (var accepted in batch.Events)
                    Reserve(accepted.Length).Events.Add(accepted);
                foreach (var refused in batch.Refused)
                    Reserve(refused.Payload.Length).Refused.Add(refused);
            }

            packs.Add(ToPack(group.Key, open, ids));

            OpenPack Reserve(int bytes)
            {
                if (open.Count > 0 && (open.Count == maxEvents || open.Bytes + bytes > maxBytes))
                {
                    packs.Add(ToPack(group.Key, open, ids));
                    open = new OpenPack { TraceParent = open.TraceParent };
                }

                open.Bytes += bytes;
                return open;
            }
        }

        return packs;
    }

    private static EventPack ToPack((string Source, string Brand, DateTimeOffset ReceivedAt, int? HorizonDays) key, OpenPack open, IdGenerator ids) => new()
    {
        PackId = ids.Next(),
        Schema = EventPack.CurrentSchema,
        Source = key.Source,
        BrandId = key.Brand,
        ReceivedAt = key.ReceivedAt,
        HorizonDays = key.HorizonDays,
        Events = open.Events,
        Refused = open.Refused.Count == 0 ? null : open.Refused,
        TraceParent = open.TraceParent,
    };

    private sealed class OpenPack
    {
        public List<byte[]> Events { get; } = [];

        public List<RefusedEvent> Refused { get; } = [];

        public long Bytes { get; set; }

        public string? TraceParent { get; set; }

        public int Count => Events.Count + Refused.Count;
    }
}
