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

/// <summary>A reader of documents written by <see cref="DocumentWriter"/>.</summary>
internal ref struct DocumentReader
{
    private readonly string kind;
    private List<string>? texts;
    private ReadOnlySpan<byte> rest;
    private Timestamp last;

    /// <summary>Starts reading a document of a kind, in any version from 1 to the newest that this build knows.</summary>
    /// <exception cref="StoreUnusableException">The document has another version.</exception>
    public DocumentReader(string kind, byte newest, ReadOnlySpan<byte> document)
    {
        this.kind = kind;
        rest = document;
        Version = ReadSpan(1)[0];
        if (Version < 1 || Version > newest)
            throw new StoreUnusableException(
                $"The store contains a {kind} of version {Version}; this build supports "
                + (newest == 1 ? "version 1. " : $"versions 1 to {newest}. ")
                + "Start the newer version of Attribution that wrote it.");
    }

    /// <summary>Starts reading a part of a document, which has no version of its own.</summary>
    public DocumentReader(string kind, ReadOnlySpan<byte> body)
    {
        this.kind = kind;
        rest = body;
    }

    /// <summary>Gets the version of the document; 0 for a part of a document.</summary>
    public byte Version { get; }

    /// <summary>Gets the bytes that are not read yet.</summary>
    public readonly ReadOnlySpan<byte> Remaining => rest;

    /// <summary>Reads an unsigned number in 7-bit groups.</summary>
    public ulong ReadNumber()
    {
        // Most numbers take one byte.
        if (!rest.IsEmpty && rest[0] < 0x80)
        {
            var first = rest[0];
            rest = rest[1..];
            return first;
        }
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i >= rest.Length) throw Corrupt("an unexpected end");
            var next = rest[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next >= 0x80) continue;
            rest = rest[(i + 1)..];
            return value;
        }
        throw Corrupt("a number of more than 64 bits");
    }

    /// <summary>
    /// Reads the count of items that take at least one byte each. A damaged count therefore cannot allocate more than
    /// the length of the document.
    /// </summary>
    public int ReadCount()
    {
        var count = ReadNumber();
        return count <= (ulong)rest.Length ? (int)count : throw Corrupt("a count beyond its end");
    }

    /// <summary>Reads a number from 0 to the maximum of 32 bits.</summary>
    public int ReadInt32()
    {
        var value = ReadNumber();
        return value <= int.MaxValue ? (int)value : throw Corrupt("a number out of range");
    }

    /// <summary>Reads a signed number.</summary>
    public long ReadSigned()
    {
        var value = ReadNumber();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    /// <summary>Reads a signed number or null.</summary>
    public long? ReadSignedOrNull() => ReadFlag() ? ReadSigned() : null;

    /// <summary>Reads a flag.</summary>
    public bool ReadFlag() => ReadSpan(1)[0] != 0;

    /// <summary>Reads a flag or null.</summary>
    public bool? ReadFlagOrNull() => ReadSpan(1)[0] switch { 0 => null, 1 => false, _ => true };

    /// <summary>Reads a time, stored as the difference to the previous one.</summary>
    public Timestamp ReadTime() => last = new(unchecked(last.UnixMilliseconds + ReadSigned()));

    /// <summary>Reads a time or null.</summary>
    public Timestamp? ReadTimeOrNull() => ReadFlag() ? ReadTime() : null;

    /// <summary>Reads a day, stored as the difference to the UTC day of the previous time.</summary>
    public DateOnly ReadDay()
    {
        var number = DayNumberOf(last) + ReadSigned();
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber((int)number)
            : throw Corrupt("a day out of range");
    }

    /// <summary>Reads a list.</summary>
    public ImmutableArray<T> ReadList<T>(ItemReader<T> read)
    {
        var count = ReadCount();
        if (count == 0) return [];
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) items.Add(read(ref this));
        return items.MoveToImmutable();
    }

    /// <summary>Reads what a later version stores of some events of a list, each after the event's index.</summary>
    /// <param name="events">The events.</param>
    /// <param name="what">The stored members, named in the message of a damaged document.</param>
    /// <param name="change">Reads the members of an event and returns the event with them.</param>
    public ImmutableArray<T> ReadChanges<T>(ImmutableArray<T> events, string what, EventChange<T> change)
    {
        var changed = events.ToBuilder();
        for (var left = ReadCount(); left > 0; left--)
        {
            var index = ReadInt32();
            if (index >= changed.Count) throw Corrupt($"{what} of an event that is missing");
            changed[index] = change(ref this, changed[index]);
        }

        return changed.ToImmutable();
    }

    /// <summary>Reads an id.</summary>
    public Guid ReadId() => new(ReadSpan(16), bigEndian: true);

    /// <summary>Reads bytes with their length.</summary>
    public ReadOnlySpan<byte> ReadBytes() => ReadSpan(ReadCount());

    /// <summary>Reads a text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Reads a text or null.</summary>
    public string? ReadTextOrNull() => ReadFlag() ? ReadText() : null;

    /// <summary>Reads a text that may recur, or null.</summary>
    public string? ReadSharedTextOrNull()
    {
        var index = ReadInt32();
        switch (index)
        {
            case 0:
                return null;
            case 1:
                var text = ReadText();
                (texts ??= []).Add(text);
                return text;
            default:
                return index - 2 < (texts?.Count ?? 0) ? texts![index - 2] : throw Corrupt("a reference to a missing text");
        }
    }

    /// <summary>Reads a text that may recur.</summary>
    public string ReadSharedText() => ReadSharedTextOrNull() ?? throw Corrupt("no text where one is required");

    /// <summary>Returns the number of the UTC day of a time.</summary>
    public static long DayNumberOf(Timestamp time) =>
        Math.DivRem(time.UnixMilliseconds, 86_400_000, out var rest) + (rest < 0 ? 719_161 : 719_162);

    /// <summary>Reads an item of a list.</summary>
    public delegate T ItemReader<T>(ref DocumentReader from);

    /// <summary>Reads members of an event.</summary>
    public delegate T EventChange<T>(ref DocumentReader from, T before);

    /// <summary>Checks that the document has no further bytes.</summary>
    public readonly void EnsureEnd()
    {
        if (!rest.IsEmpty) throw Corrupt($"{rest.Length} bytes after its end");
    }

    /// <summary>Returns the exception for a damaged document.</summary>
    public readonly InvalidDataException Corrupt(string what) => new($"A stored {kind} is damaged: it has {what}.");

    private ReadOnlySpan<byte> ReadSpan(int count)
    {
        if (count > rest.Length) throw Corrupt("an unexpected end");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
