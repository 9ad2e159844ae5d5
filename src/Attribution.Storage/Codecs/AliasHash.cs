using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Attribution.Core.Planning;

namespace Attribution.Storage.Codecs;

/// <summary>
/// SipHash-2-4 of 128 bits under a store's own random key: no sender can steer it, so nobody can make two aliases one on purpose, and among 10^12
/// of them the odds that any two are one are 10^-15. Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, and its reference
/// implementation for the output of 128 bits.
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

    /// <summary>Of brand, blank and text: brand ids hold no blank, so the first one parts the two.</summary>
    public (long Hash, long Mark) Compute(in AliasKey alias)
    {
        var most = Encoding.UTF8.GetMaxByteCount(alias.Brand.Length + alias.Text.Length + 1);
        var buffer = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        var length = Encoding.UTF8.GetBytes(alias.Brand, buffer);
        buffer[length++] = (byte)' ';
        length += Encoding.UTF8.GetBytes(alias.Text, buffer[length..]);
        var (hash, mark) = Compute(buffer[..length]);
        return unchecked(((long)hash, (long)mark));
    }

    public (ulong Low, ulong High) Compute(ReadOnlySpan<byte> text)
    {
        unchecked
        {
            var v0 = key0 ^ 0x736f6d6570736575UL;
            var v1 = key1 ^ 0x646f72616e646f6dUL ^ 0xEE;
            var v2 = key0 ^ 0x6c7967656e657261UL;
            var v3 = key1 ^ 0x7465646279746573UL;
            var last = (ulong)text.Length << 56;
            for (; text.Length >= 8; text = text[8..]) Mix(BinaryPrimitives.ReadUInt64LittleEndian(text), ref v0, ref v1, ref v2, ref v3);
            for (var i = 0; i < text.Length; i++) last |= (ulong)text[i] << (8 * i);
            Mix(last, ref v0, ref v1, ref v2, ref v3);
            v2 ^= 0xEE;
            for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
            var low = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xDD;
            for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
            return (low, v0 ^ v1 ^ v2 ^ v3);
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
