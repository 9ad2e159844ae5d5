using System.Collections.Immutable;
using System.Text;
using Attribution.Core.Values;

namespace Attribution.Storage.Codecs;

/// <summary>Reads what <see cref="DocumentWriter"/> wrote.</summary>
internal ref struct DocumentReader
{
    private readonly string kind;
    private List<string>? texts;
    private ReadOnlySpan<byte> rest;
    private Timestamp last;

    /// <summary>Begins a document of a kind, whose version must be the one known.</summary>
    /// <exception cref="StoreUnusableException">Its version is another.</exception>
    public DocumentReader(string kind, byte version, ReadOnlySpan<byte> document)
    {
        this.kind = kind;
        rest = document;
        var found = ReadSpan(1)[0];
        if (found != version)
            throw new StoreUnusableException(
                $"The store holds a {kind} of version {found}; this build knows version {version}: start the newer version of Attribution that wrote it.");
    }

    /// <summary>Begins what stands inside a document, without a version of its own.</summary>
    public DocumentReader(string kind, ReadOnlySpan<byte> body)
    {
        this.kind = kind;
        rest = body;
    }

    public readonly ReadOnlySpan<byte> Remaining => rest;

    public ulong ReadNumber()
    {
        // Most are of one byte.
        if (!rest.IsEmpty && rest[0] < 0x80)
        {
            var one = rest[0];
            rest = rest[1..];
            return one;
        }
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i >= rest.Length) throw Corrupt("an end before its time");
            var next = rest[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next >= 0x80) continue;
            rest = rest[(i + 1)..];
            return value;
        }
        throw Corrupt("a number of more than 64 bits");
    }

    /// <summary>A count of things that take at least a byte each, so that a damaged one cannot ask for more memory than the document is long.</summary>
    public int ReadCount()
    {
        var count = ReadNumber();
        return count <= (ulong)rest.Length ? (int)count : throw Corrupt("a count beyond its end");
    }

    public int ReadInt32()
    {
        var value = ReadNumber();
        return value <= int.MaxValue ? (int)value : throw Corrupt("a number out of range");
    }

    public long ReadSigned()
    {
        var value = ReadNumber();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    public long? ReadSignedOrNull() => ReadFlag() ? ReadSigned() : null;

    public bool ReadFlag() => ReadSpan(1)[0] != 0;

    public bool? ReadFlagOrNull() => ReadSpan(1)[0] switch { 0 => null, 1 => false, _ => true };

    public Timestamp ReadTime() => last = new(unchecked(last.UnixMilliseconds + ReadSigned()));

    public DateOnly ReadDay()
    {
        var number = DayNumberOf(last) + ReadSigned();
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : throw Corrupt("a day out of range");
    }

    public ImmutableArray<T> ReadList<T>(ItemReader<T> read)
    {
        var count = ReadCount();
        if (count == 0) return [];
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) items.Add(read(ref this));
        return items.MoveToImmutable();
    }

    public Guid ReadId() => new(ReadSpan(16), bigEndian: true);

    public ReadOnlySpan<byte> ReadBytes() => ReadSpan(ReadCount());

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public string? ReadTextOrNull() => ReadFlag() ? ReadText() : null;

    public string? ReadSharedTextOrNull()
    {
        var which = ReadInt32();
        switch (which)
        {
            case 0:
                return null;
            case 1:
                var text = ReadText();
                (texts ??= []).Add(text);
                return text;
            default:
                return which - 2 < (texts?.Count ?? 0) ? texts![which - 2] : throw Corrupt("a text that it does not hold");
        }
    }

    public string ReadSharedText() => ReadSharedTextOrNull() ?? throw Corrupt("no text where one must be");

    /// <summary>The number of the UTC day of a time.</summary>
    public static long DayNumberOf(Timestamp time) => Math.DivRem(time.UnixMilliseconds, 86_400_000, out var rest) + (rest < 0 ? 719_161 : 719_162);

    /// <summary>Reads an item of a list.</summary>
    public delegate T ItemReader<T>(ref DocumentReader from);

    /// <summary>Checks that nothing follows.</summary>
    public readonly void EnsureEnd()
    {
        if (!rest.IsEmpty) throw Corrupt($"{rest.Length} bytes after its end");
    }

    public readonly InvalidDataException Corrupt(string what) => new($"A stored {kind} is damaged: it has {what}.");

    private ReadOnlySpan<byte> ReadSpan(int count)
    {
        if (count > rest.Length) throw Corrupt("an end before its time");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
