using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest;

/// <summary>Builds messages from waiting batches.</summary>
internal static class PackBuilder
{
    /// <summary>
    /// Returns messages with each event of the batches once, in order. A message has one source, brand and time of
    /// receipt. It has at most the given number of events, accepted and rejected, and bytes; an event that is larger
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

    private static EventPack ToPack((string Source, string Brand, DateTimeOffset ReceivedAt) key, OpenPack open, IdGenerator ids) => new()
    {
        PackId = ids.Next(),
        Schema = EventPack.CurrentSchema,
        Source = key.Source,
        BrandId = key.Brand,
        ReceivedAt = key.ReceivedAt,
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
