using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Attribution.Core.Planning;

namespace Attribution.Storage.Codecs;

/// <summary>
/// SipHash-2-4 with 128 bits of output and a random key per store. Senders cannot predict it, so no sender can make two
/// aliases collide on purpose, and among 10^12 aliases the probability of any collision is 10^-15. See Aumasson and
/// Bernstein, "SipHash: a fast short-input PRF", 2012, and its reference implementation for 128 bits.
/// </summary>
internal sealed class AliasHash
{
    private readonly ulong key0;
    private readonly ulong key1;

    /// <summary>Initializes the hash with a key of 16 bytes.</summary>
    public AliasHash(ReadOnlySpan<byte> key)
    {
        key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    /// <summary>
    /// Hashes brand, space and text. Brand ids contain no space, so the first space separates the two.
    /// </summary>
    public (long Hash, long Mark) Compute(in AliasKey alias)
    {
        var maxBytes = Encoding.UTF8.GetMaxByteCount(alias.Brand.Length + alias.Text.Length + 1);
        var buffer = maxBytes <= 1024 ? stackalloc byte[1024] : new byte[maxBytes];
        var length = Encoding.UTF8.GetBytes(alias.Brand, buffer);
        buffer[length++] = (byte)' ';
        length += Encoding.UTF8.GetBytes(alias.Text, buffer[length..]);
        var (hash, mark) = Compute(buffer[..length]);
        return unchecked(((long)hash, (long)mark));
    }

    /// <summary>Hashes bytes.</summary>
    public (ulong Low, ulong High) Compute(ReadOnlySpan<byte> text)
    {
        unchecked
        {
            var v0 = key0 ^ 0x736f6d6570736575UL;
            var v1 = key1 ^ 0x646f72616e646f6dUL ^ 0xEE;
            var v2 = key0 ^ 0x6c7967656e657261UL;
            var v3 = key1 ^ 0x7465646279746573UL;
            var last = (ulong)text.Length << 56;
            for (; text.Length >= 8; text = text[8..])
                Mix(BinaryPrimitives.ReadUInt64LittleEndian(text), ref v0, ref v1, ref v2, ref v3);
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
