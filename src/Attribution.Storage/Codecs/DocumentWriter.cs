using System.Collections.Immutable;
using System.Text;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>
/// A writer of stored documents: numbers in 7-bit groups, least significant first; signed numbers in zigzag encoding;
/// text as length and UTF-8. Recurring text is written once and then referred to by number, which keeps journeys small.
/// Reusable after <see cref="Clear"/>; not thread-safe.
/// </summary>
internal sealed class DocumentWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, int> texts = new(StringComparer.Ordinal);
    private byte[] buffer = new byte[1024];
    private int length;
    private Timestamp last;

    /// <summary>Gets the bytes written since the last clear.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>Clears the writer for the next document.</summary>
    public void Clear()
    {
        length = 0;
        last = default;
        texts.Clear();
    }

    /// <summary>Writes the version of the document.</summary>
    public void WriteVersion(byte version) => Reserve(1)[0] = version;

    /// <summary>Writes an unsigned number.</summary>
    public void WriteNumber(ulong value)
    {
        var room = buffer.Length - length >= 10 ? buffer.AsSpan(length) : Grow(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7) room[i++] = (byte)(value & 0x7F | 0x80);
        room[i++] = (byte)value;
        length += i;
    }

    /// <summary>Writes a number that is not negative.</summary>
    public void WriteCount(int value) => WriteNumber((ulong)value);

    /// <summary>Writes a signed number.</summary>
    public void WriteSigned(long value) => WriteNumber(unchecked((ulong)((value << 1) ^ (value >> 63))));

    /// <summary>Writes a signed number or null.</summary>
    public void WriteSigned(long? value)
    {
        WriteFlag(value is not null);
        if (value is { } number) WriteSigned(number);
    }

    /// <summary>Writes a flag.</summary>
    public void WriteFlag(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>Writes a flag or null.</summary>
    public void WriteFlag(bool? value) => Reserve(1)[0] = value switch { null => 0, false => 1, true => 2 };

    /// <summary>Writes an id.</summary>
    public void WriteId(Guid value)
    {
        value.TryWriteBytes(Reserve(16), bigEndian: true, out _);
    }

    /// <summary>Writes a time as the difference to the previous one.</summary>
    public void WriteTime(Timestamp value)
    {
        WriteSigned(unchecked(value.UnixMilliseconds - last.UnixMilliseconds));
        last = value;
    }

    /// <summary>Writes a day as the difference to the UTC day of the previous time.</summary>
    public void WriteDay(DateOnly value) => WriteSigned(value.DayNumber - DocumentReader.DayNumberOf(last));

    /// <summary>Writes a time or null.</summary>
    public void WriteTimeOrNull(Timestamp? value)
    {
        WriteFlag(value is not null);
        if (value is { } time) WriteTime(time);
    }

    /// <summary>Writes a list; a default list is written as an empty one.</summary>
    public void WriteList<T>(ImmutableArray<T> items, Action<DocumentWriter, T> write)
    {
        WriteCount(items.IsDefault ? 0 : items.Length);
        if (items.IsDefault) return;
        foreach (var item in items) write(this, item);
    }

    /// <summary>Writes bytes with their length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteCount(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>Writes a text that does not recur.</summary>
    public void WriteText(string value)
    {
        var count = Utf8.GetByteCount(value);
        WriteCount(count);
        Utf8.GetBytes(value, Reserve(count));
    }

    /// <summary>Writes a text that does not recur, or null.</summary>
    public void WriteTextOrNull(string? value)
    {
        WriteFlag(value is not null);
        if (value is not null) WriteText(value);
    }

    /// <summary>Writes a text that may recur: 0 for null, 1 for a new text, n + 2 for the n-th new text.</summary>
    public void WriteSharedText(string? value)
    {
        if (value is null)
        {
            WriteNumber(0);
        }
        else if (texts.TryGetValue(value, out var known))
        {
            WriteCount(known + 2);
        }
        else
        {
            texts.Add(value, texts.Count);
            WriteNumber(1);
            WriteText(value);
        }
    }

    private Span<byte> Reserve(int count)
    {
        var room = buffer.Length - length >= count ? buffer.AsSpan(length, count) : Grow(count)[..count];
        length += count;
        return room;
    }

    private Span<byte> Grow(int count)
    {
        Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
        return buffer.AsSpan(length);
    }
}
