using System.Collections.Immutable;
using System.Text;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

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
