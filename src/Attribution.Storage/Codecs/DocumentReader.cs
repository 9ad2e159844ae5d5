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
        var found = Take(1)[0];
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

    public readonly ReadOnlySpan<byte> Rest => rest;

    public ulong Number()
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
            if (i >= rest.Length) throw Damaged("an end before its time");
            var next = rest[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next >= 0x80) continue;
            rest = rest[(i + 1)..];
            return value;
        }
        throw Damaged("a number of more than 64 bits");
    }

    /// <summary>A count of things that take at least a byte each, so that a damaged one cannot ask for more memory than the document is long.</summary>
    public int Count()
    {
        var count = Number();
        return count <= (ulong)rest.Length ? (int)count : throw Damaged("a count beyond its end");
    }

    public int Small()
    {
        var value = Number();
        return value <= int.MaxValue ? (int)value : throw Damaged("a number out of range");
    }

    public long Signed()
    {
        var value = Number();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    public long? SignedOrNull() => Flag() ? Signed() : null;

    public bool Flag() => Take(1)[0] != 0;

    public bool? FlagOrNull() => Take(1)[0] switch { 0 => null, 1 => false, _ => true };

    public Timestamp Time() => last = new(unchecked(last.UnixMilliseconds + Signed()));

    public DateOnly Day()
    {
        var number = DayOf(last) + Signed();
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : throw Damaged("a day out of range");
    }

    public ImmutableArray<T> List<T>(Item<T> read)
    {
        var count = Count();
        if (count == 0) return [];
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) items.Add(read(ref this));
        return items.MoveToImmutable();
    }

    public Guid Id() => new(Take(16), bigEndian: true);

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public string? TextOrNull() => Flag() ? Text() : null;

    public string? SharedOrNull()
    {
        var which = Small();
        switch (which)
        {
            case 0:
                return null;
            case 1:
                var text = Text();
                (texts ??= []).Add(text);
                return text;
            default:
                return which - 2 < (texts?.Count ?? 0) ? texts![which - 2] : throw Damaged("a text that it does not hold");
        }
    }

    public string Shared() => SharedOrNull() ?? throw Damaged("no text where one must be");

    /// <summary>The number of the UTC day of a time.</summary>
    public static long DayOf(Timestamp time) => Math.DivRem(time.UnixMilliseconds, 86_400_000, out var rest) + (rest < 0 ? 719_161 : 719_162);

    /// <summary>Reads an item of a list.</summary>
    public delegate T Item<T>(ref DocumentReader from);

    /// <summary>Checks that nothing follows.</summary>
    public readonly void End()
    {
        if (!rest.IsEmpty) throw Damaged($"{rest.Length} bytes after its end");
    }

    public readonly InvalidDataException Damaged(string what) => new($"A stored {kind} is damaged: it has {what}.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length) throw Damaged("an end before its time");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
