using Attribution.Core.Rollups;

namespace Attribution.Storage.Codecs;

/// <summary>
/// Measures as stored documents. A cell is sparse: the count of values that are not 0, then for each the number of
/// positions skipped since the previous one, and the value. Positions are those of the vector of
/// <see cref="MeasureCell"/>, whose order never changes. Version 1 has values of 64 bits; a document with a larger value
/// has version 2, in which every value has up to 128 bits. A document with measures that came later has version 3 to 6,
/// which begin with a flag for values of 128 bits. Processes agree on version 3 with version 4 of journeys, on version 4
/// with version 5, version 5 with version 7, and version 6 with version 9: a journey has them that counts for such a measure.
/// </summary>
internal static class MeasureCodec
{
    /// <summary>The newest version.</summary>
    public const byte NewestVersion = VersionWithReferrals;

    private const byte Version = 1;
    private const byte WideVersion = 2;
    private const byte VersionWithCustomers = 3;
    private const byte VersionWithConverted = 4;
    private const byte VersionWithAssistants = 5;
    private const byte VersionWithReferrals = 6;

    // The number of positions that documents before versions 3 to 6 contain.
    private const int LengthBeforeCustomers = 130;
    private const int LengthBeforeConverted = 141;
    private const int LengthBeforeAssistants = 142;
    private const int LengthBeforeReferrals = 143;

    /// <summary>Encodes a cell. The span is valid until the writer is used again.</summary>
    public static ReadOnlySpan<byte> Encode(MeasureCell cell, DocumentWriter to)
    {
        to.Clear();
        var isWide = cell.IsWide;
        WriteHead(isWide, cell.UsedLength, to);
        WriteCell(cell, isWide, to);
        return to.Written;
    }

    /// <summary>Decodes a cell.</summary>
    public static MeasureCell DecodeCell(ReadOnlySpan<byte> document)
    {
        var cell = new MeasureCell();
        AddTo(cell, document);
        return cell;
    }

    /// <summary>Adds a stored cell to another, or subtracts it, without an intermediate cell.</summary>
    /// <param name="cell">The cell that is changed.</param>
    /// <param name="document">The stored cell.</param>
    /// <param name="models">
    /// The models whose credit measures are read, one bit per model number; other measures are always read.
    /// </param>
    /// <param name="isLess">True subtracts the stored cell.</param>
    public static void AddTo(MeasureCell cell, ReadOnlySpan<byte> document, int models = -1, bool isLess = false)
    {
        var from = Open("rollup", document, out var isWide);
        ReadCellInto(ref from, cell, isWide, models, isLess);
        from.EnsureEnd();
    }

    /// <summary>Encodes sums as one document per brand; brands whose sums are all zero are omitted.</summary>
    public static List<(string Brand, byte[] Sums)> EncodeByBrand(MeasureSums sums, DocumentWriter to) =>
        [
            .. sums.Cells.Where(pair => !pair.Value.IsZero)
                .GroupBy(pair => pair.Key.Brand, StringComparer.Ordinal)
                .Select(brand => (brand.Key, Encode(brand, to))),
        ];

    /// <summary>
    /// Encodes the sums of one brand, which is stored with the document. Cells that are zero are omitted.
    /// </summary>
    public static byte[] Encode(IEnumerable<KeyValuePair<RollupKey, MeasureCell>> brandSums, DocumentWriter to)
    {
        var sums = brandSums as IReadOnlyCollection<KeyValuePair<RollupKey, MeasureCell>> ?? [.. brandSums];
        var isWide = sums.Any(pair => pair.Value.IsWide);
        to.Clear();
        WriteHead(isWide, sums.Select(pair => pair.Value.UsedLength).DefaultIfEmpty().Max(), to);
        var day = 0;
        foreach (var (key, cell) in sums)
        {
            if (cell.IsZero) continue;
            to.WriteSharedText(key.Campaign);
            to.WriteSharedText(key.Creator);
            to.WriteSigned(key.Day.DayNumber - day);
            day = key.Day.DayNumber;
            WriteCell(cell, isWide, to);
        }
        // A null campaign marks the end.
        to.WriteSharedText(null);
        return to.Written.ToArray();
    }

    /// <summary>Adds the stored sums of a brand.</summary>
    public static void AddTo(MeasureSums sums, string brand, ReadOnlySpan<byte> document) =>
        AddTo(sums, brand, document, DateOnly.MinValue, DateOnly.MaxValue);

    /// <summary>Adds the stored sums of a brand over a range of days, both inclusive.</summary>
    public static void AddTo(MeasureSums sums, string brand, ReadOnlySpan<byte> document, DateOnly first, DateOnly last)
    {
        var from = Open("sum of measures", document, out var isWide);
        long day = 0;
        while (from.ReadSharedTextOrNull() is { } campaign)
        {
            var creator = from.ReadSharedText();
            day += from.ReadSigned();
            if (day is < 0 or > 3_652_058) throw from.Corrupt("a day out of range");
            var isIncluded = day >= first.DayNumber && day <= last.DayNumber;
            ReadCellInto(
                ref from,
                isIncluded ? sums[new RollupKey(brand, DateOnly.FromDayNumber((int)day), campaign, creator)] : new MeasureCell(),
                isWide);
        }
        from.EnsureEnd();
    }

    private static void WriteHead(bool isWide, int usedLength, DocumentWriter to)
    {
        var version = usedLength > LengthBeforeReferrals ? VersionWithReferrals
            : usedLength > LengthBeforeAssistants ? VersionWithAssistants
            : usedLength > LengthBeforeConverted ? VersionWithConverted
            : usedLength > LengthBeforeCustomers ? VersionWithCustomers : isWide ? WideVersion : Version;
        to.WriteVersion(version);
        if (version >= VersionWithCustomers) to.WriteFlag(isWide);
    }

    private static void WriteCell(MeasureCell cell, bool isWide, DocumentWriter to)
    {
        to.WriteCount(cell.CountNonZero());
        var next = 0;
        for (var i = 0; i < MeasureCell.Length; i++)
        {
            var value = cell[i];
            if (value == 0) continue;
            to.WriteCount(i - next);
            if (isWide) WriteWide(value, to);
            else to.WriteSigned((long)value);
            next = i + 1;
        }
    }

    /// <summary>Writes the upper and the lower half of a value, so that most values take one byte more.</summary>
    private static void WriteWide(Int128 value, DocumentWriter to)
    {
        to.WriteSigned((long)(value >> 64));
        to.WriteNumber(unchecked((ulong)value));
    }

    private static Int128 ReadWide(ref DocumentReader from) =>
        new(unchecked((ulong)from.ReadSigned()), from.ReadNumber());

    /// <summary>Reads a cell. Values of models that are not selected are skipped.</summary>
    private static void ReadCellInto(
        ref DocumentReader from, MeasureCell to, bool isWide, int models = -1, bool isLess = false)
    {
        var next = 0;
        for (var left = from.ReadCount(); left > 0; left--)
        {
            next += from.ReadInt32();
            if (next >= MeasureCell.Length) throw from.Corrupt("a measure that this build does not support");
            var wide = isWide ? ReadWide(ref from) : 0;
            var narrow = isWide ? 0 : from.ReadSigned();
            if (MeasureCell.ModelAt(next) is not { } model || (models >> (int)model & 1) != 0)
            {
                if (isLess) to.AddAt(next, -(wide + narrow));
                else if (isWide) to.AddAt(next, wide);
                else to.AddAt(next, narrow);
            }

            next++;
        }
    }

    private static DocumentReader Open(string kind, ReadOnlySpan<byte> document, out bool isWide)
    {
        var from = new DocumentReader(kind, NewestVersion, document);
        isWide = from.Version == WideVersion || (from.Version >= VersionWithCustomers && from.ReadFlag());
        return from;
    }
}
