using Attribution.Contracts;
using Attribution.Core.Values;

namespace Attribution.Host.Ingest;

/// <summary>Forms messages from the batches that wait.</summary>
internal static class PackBuilder
{
    /// <summary>
    /// Messages that hold each event of the batches once, in order: of one source, brand and moment of receipt, and at most so many events
    /// (accepted and refused) and bytes; an event that alone is larger travels alone.
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
                    Room(accepted.Length).Events.Add(accepted);
                foreach (var refused in batch.Refused)
                    Room(refused.Payload.Length).Refused.Add(refused);
            }

            packs.Add(ToPack(group.Key, open, ids));

            OpenPack Room(int bytes)
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
