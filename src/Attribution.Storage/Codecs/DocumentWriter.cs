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

    public void Version(byte version) => Room(1)[0] = version;

    public void Number(ulong value)
    {
        var room = buffer.Length - length >= 10 ? buffer.AsSpan(length) : Grow(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7) room[i++] = (byte)(value & 0x7F | 0x80);
        room[i++] = (byte)value;
        length += i;
    }

    public void Count(int value) => Number((ulong)value);

    public void Signed(long value) => Number(unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void Signed(long? value)
    {
        Flag(value is not null);
        if (value is { } number) Signed(number);
    }

    public void Flag(bool value) => Room(1)[0] = value ? (byte)1 : (byte)0;

    public void Flag(bool? value) => Room(1)[0] = value switch { null => 0, false => 1, true => 2 };

    public void Id(Guid value)
    {
        value.TryWriteBytes(Room(16), bigEndian: true, out _);
    }

    /// <summary>As the difference to the time written before.</summary>
    public void Time(Timestamp value)
    {
        Signed(unchecked(value.UnixMilliseconds - last.UnixMilliseconds));
        last = value;
    }

    /// <summary>As the difference to the UTC day of the time written last.</summary>
    public void Day(DateOnly value) => Signed(value.DayNumber - DocumentReader.DayOf(last));

    /// <summary>A list, which may also be the default one: that is an empty one.</summary>
    public void List<T>(ImmutableArray<T> items, Action<DocumentWriter, T> write)
    {
        Count(items.IsDefault ? 0 : items.Length);
        if (items.IsDefault) return;
        foreach (var item in items) write(this, item);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        value.CopyTo(Room(value.Length));
    }

    /// <summary>Text that does not recur.</summary>
    public void Text(string value)
    {
        var count = Utf8.GetByteCount(value);
        Count(count);
        Utf8.GetBytes(value, Room(count));
    }

    public void TextOrNull(string? value)
    {
        Flag(value is not null);
        if (value is not null) Text(value);
    }

    /// <summary>Text that may recur: 0 is null, 1 a new one, n + 2 the n-th new one.</summary>
    public void Shared(string? value)
    {
        if (value is null)
        {
            Number(0);
        }
        else if (texts.TryGetValue(value, out var known))
        {
            Count(known + 2);
        }
        else
        {
            texts.Add(value, texts.Count);
            Number(1);
            Text(value);
        }
    }

    private Span<byte> Room(int count)
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
