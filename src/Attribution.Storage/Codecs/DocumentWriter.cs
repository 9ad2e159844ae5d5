using System.Collections.Immutable;
using System.Text;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>
/// Writes a stored document: numbers in 7-bit groups, least first; signed ones zigzag; text as length and UTF-8. Text that recurs is
/// written once and named by number afterwards, which is what makes a journey small. Reusable after <see cref="Clear"/>; not thread-safe.
/// </summary>
internal sealed class DocumentWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, int> texts = new(StringComparer.Ordinal);
    private byte[] buffer = new byte[1024];
    private int length;
    private Timestamp last;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Clear()
    {
        length = 0;
        last = default;
        texts.Clear();
    }

    public void WriteVersion(byte version) => Reserve(1)[0] = version;

    public void WriteNumber(ulong value)
    {
        var room = buffer.Length - length >= 10 ? buffer.AsSpan(length) : Grow(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7) room[i++] = (byte)(value & 0x7F | 0x80);
        room[i++] = (byte)value;
        length += i;
    }

    public void WriteCount(int value) => WriteNumber((ulong)value);

    public void WriteSigned(long value) => WriteNumber(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void WriteSigned(long? value)
    {
        WriteFlag(value is not null);
        if (value is { } number) WriteSigned(number);
    }

    public void WriteFlag(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteFlag(bool? value) => Reserve(1)[0] = value switch { null => 0, false => 1, true => 2 };

    public void WriteId(Guid value)
    {
        value.TryWriteBytes(Reserve(16), bigEndian: true, out _);
    }

    /// <summary>As the difference to the time written before.</summary>
    public void WriteTime(Timestamp value)
    {
        WriteSigned(unchecked(value.UnixMilliseconds - last.UnixMilliseconds));
        last = value;
    }

    /// <summary>As the difference to the UTC day of the time written last.</summary>
    public void WriteDay(DateOnly value) => WriteSigned(value.DayNumber - DocumentReader.DayNumberOf(last));

    /// <summary>A list, which may also be the default one: that is an empty one.</summary>
    public void WriteList<T>(ImmutableArray<T> items, Action<DocumentWriter, T> write)
    {
        WriteCount(items.IsDefault ? 0 : items.Length);
        if (items.IsDefault) return;
        foreach (var item in items) write(this, item);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteCount(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    /// <summary>Text that does not recur.</summary>
    public void WriteText(string value)
    {
        var count = Utf8.GetByteCount(value);
        WriteCount(count);
        Utf8.GetBytes(value, Reserve(count));
    }

    public void WriteTextOrNull(string? value)
    {
        WriteFlag(value is not null);
        if (value is not null) WriteText(value);
    }

    /// <summary>Text that may recur: 0 is null, 1 a new one, n + 2 the n-th new one.</summary>
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
