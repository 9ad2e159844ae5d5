using System.Buffers;
using System.IO.Compression;
using Attribution.Contracts;

namespace Attribution.Storage.Codecs;

/// <summary>
/// A pack as archived: a version byte, the length of what follows unpacked, and that, Brotli-compressed: the pack's members in order, each
/// event's bytes as they came.
/// </summary>
internal static class PackCodec
{
    private const byte Version = 1;

    // The quickest that still finds what recurs between events of one pack: both are JSON with the same members.
    private const int Quality = 1;
    private const int Window = 18;
    private const int MostUnpacked = 1 << 30;

    public static byte[] Encode(EventPack pack, DocumentWriter to)
    {
        to.Clear();
        to.Id(pack.PackId);
        to.Signed(pack.Schema);
        to.Text(pack.Source);
        to.TextOrNull(pack.BrandId);
        to.Signed(pack.ReceivedAt.Ticks);
        to.Signed(pack.ReceivedAt.TotalOffsetMinutes);
        to.Count(pack.Events.Count);
        foreach (var one in pack.Events) to.Bytes(one);
        to.Flag(pack.Refused is not null);
        if (pack.Refused is { } refused)
        {
            to.Count(refused.Count);
            foreach (var one in refused)
            {
                to.Count((int)one.Reason);
                to.Text(one.Pointer);
                to.Text(one.Detail);
                to.TextOrNull(one.EventId);
                to.Bytes(one.Payload);
            }
        }
        return Compress(to.Written);
    }

    public static EventPack Decode(ReadOnlySpan<byte> document)
    {
        var outer = new DocumentReader("pack", Version, document);
        var from = new DocumentReader("pack", Decompress(outer.Small(), outer));
        var pack = new EventPack
        {
            PackId = from.Id(),
            Schema = (int)from.Signed(),
            Source = from.Text(),
            BrandId = from.TextOrNull(),
            ReceivedAt = new DateTimeOffset(from.Signed(), TimeSpan.FromMinutes(from.Signed())),
            Events = from.List(static (ref from) => from.Bytes().ToArray()),
            Refused = from.Flag() ? from.List(Refused) : null,
        };
        from.End();
        return pack;
    }

    private static RefusedEvent Refused(ref DocumentReader from) => new()
    {
        Reason = (RejectionReason)from.Small(),
        Pointer = from.Text(),
        Detail = from.Text(),
        EventId = from.TextOrNull(),
        Payload = from.Bytes().ToArray(),
    };

    private static byte[] Compress(ReadOnlySpan<byte> body)
    {
        var header = new DocumentWriter();
        header.Version(Version);
        header.Count(body.Length);
        var start = header.Written.Length;
        var room = ArrayPool<byte>.Shared.Rent(start + BrotliEncoder.GetMaxCompressedLength(body.Length));
        header.Written.CopyTo(room);
        if (!BrotliEncoder.TryCompress(body, room.AsSpan(start), out var written, Quality, Window))
            throw new InvalidOperationException("The buffer was sized for the worst case.");
        var archive = room[..(start + written)];
        ArrayPool<byte>.Shared.Return(room);
        return archive;
    }

    private static byte[] Decompress(int length, DocumentReader outer)
    {
        if (length > MostUnpacked) throw outer.Damaged("a length out of range");
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(outer.Rest, body, out var written) && written == length ? body : throw outer.Damaged("an archive that does not unpack");
    }
}
