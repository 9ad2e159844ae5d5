using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Attribution.Storage.Codecs;

/// <summary>
/// SipHash-2-4 under a store's own random key: 64 bits a text that no sender can steer, so that nobody can make aliases collide on purpose.
/// Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
/// </summary>
internal sealed class AliasHash
{
    private readonly ulong key0;
    private readonly ulong key1;

    public AliasHash(ReadOnlySpan<byte> key)
    {
        key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    public long Of(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        return unchecked((long)Of(buffer[..Encoding.UTF8.GetBytes(text, buffer)]));
    }

    public ulong Of(ReadOnlySpan<byte> text)
    {
        unchecked
        {
            var v0 = key0 ^ 0x736f6d6570736575UL;
            var v1 = key1 ^ 0x646f72616e646f6dUL;
            var v2 = key0 ^ 0x6c7967656e657261UL;
            var v3 = key1 ^ 0x7465646279746573UL;
            var last = (ulong)text.Length << 56;
            for (; text.Length >= 8; text = text[8..]) Mix(BinaryPrimitives.ReadUInt64LittleEndian(text), ref v0, ref v1, ref v2, ref v3);
            for (var i = 0; i < text.Length; i++) last |= (ulong)text[i] << (8 * i);
            Mix(last, ref v0, ref v1, ref v2, ref v3);
            v2 ^= 0xFF;
            for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
            return v0 ^ v1 ^ v2 ^ v3;
        }
    }

    private static void Mix(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        unchecked
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
