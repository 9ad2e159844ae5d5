using System.Buffers;
using System.IO.Compression;
using Attribution.Contracts;

namespace Attribution.Storage.Codecs;

/// <summary>
/// A pack as archived: a version byte, the uncompressed length of the body, and the body compressed with Brotli. The
/// body contains the pack's members in order; the bytes of events are unchanged.
/// </summary>
internal static class PackCodec
{
    /// <summary>The newest version.</summary>
    public const byte NewestVersion = VersionWithHorizon;

    private const byte FirstVersion = 1;
    private const byte VersionWithHorizon = 2;

    // The fastest setting that still finds repetitions between the events of a pack, which are JSON with the same
    // members.
    private const int Quality = 1;
    private const int Window = 18;
    private const int MaxUnpackedLength = 1 << 30;

    /// <summary>Returns the version of an encoded pack.</summary>
    public static int VersionOf(byte[] document) => document[0];

    /// <summary>Encodes a pack, in the first version that has its members.</summary>
    public static byte[] Encode(EventPack pack, DocumentWriter to)
    {
        to.Clear();
        to.WriteId(pack.PackId);
        to.WriteSigned(pack.Schema);
        to.WriteText(pack.Source);
        to.WriteTextOrNull(pack.BrandId);
        to.WriteSigned(pack.ReceivedAt.Ticks);
        to.WriteSigned(pack.ReceivedAt.TotalOffsetMinutes);
        to.WriteCount(pack.Events.Count);
        foreach (var text in pack.Events) to.WriteBytes(text);
        to.WriteFlag(pack.Refused is not null);
        if (pack.Refused is { } refused)
        {
            to.WriteCount(refused.Count);
            foreach (var rejected in refused)
            {
                to.WriteCount((int)rejected.Reason);
                to.WriteText(rejected.Pointer);
                to.WriteText(rejected.Detail);
                to.WriteTextOrNull(rejected.EventId);
                to.WriteBytes(rejected.Payload);
            }
        }
        if (pack.HorizonDays is not { } days) return Compress(FirstVersion, to.Written);
        to.WriteSigned(days);
        return Compress(VersionWithHorizon, to.Written);
    }

    /// <summary>Decodes a pack.</summary>
    public static EventPack Decode(ReadOnlySpan<byte> document)
    {
        var outer = new DocumentReader("pack", NewestVersion, document);
        var from = new DocumentReader("pack", Decompress(outer.ReadInt32(), outer));
        var pack = new EventPack
        {
            PackId = from.ReadId(),
            Schema = (int)from.ReadSigned(),
            Source = from.ReadText(),
            BrandId = from.ReadTextOrNull(),
            ReceivedAt = new DateTimeOffset(from.ReadSigned(), TimeSpan.FromMinutes(from.ReadSigned())),
            Events = from.ReadList(static (ref from) => from.ReadBytes().ToArray()),
            Refused = from.ReadFlag() ? from.ReadList(ReadRefused) : null,
            HorizonDays = outer.Version >= VersionWithHorizon ? (int)from.ReadSigned() : null,
        };
        from.EnsureEnd();
        return pack;
    }

    private static RefusedEvent ReadRefused(ref DocumentReader from) => new()
    {
        Reason = (RejectionReason)from.ReadInt32(),
        Pointer = from.ReadText(),
        Detail = from.ReadText(),
        EventId = from.ReadTextOrNull(),
        Payload = from.ReadBytes().ToArray(),
    };

    private static byte[] Compress(byte version, ReadOnlySpan<byte> body)
    {
        var header = new DocumentWriter();
        header.WriteVersion(version);
        header.WriteCount(body.Length);
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
        if (length > MaxUnpackedLength) throw outer.Corrupt("a length out of range");
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(outer.Remaining, body, out var written) && written == length
            ? body
            : throw outer.Corrupt("a body that cannot be decompressed");
    }
}
