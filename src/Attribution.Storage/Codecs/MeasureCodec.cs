using Attribution.Core.Rollups;

namespace Attribution.Storage.Codecs;

/// <summary>
/// Measures as stored documents. A cell is sparse: the count of values that are not 0, then for each the number of
/// positions skipped since the previous one, and the value. Positions are those of <see cref="MeasureCell.Values"/>,
/// whose order never changes.
/// </summary>
internal static class MeasureCodec
{
    private const byte Version = 1;

    /// <summary>Encodes a cell. The span is valid until the writer is used again.</summary>
    public static ReadOnlySpan<byte> Encode(MeasureCell cell, DocumentWriter to)
    {
        to.Clear();
        to.WriteVersion(Version);
        WriteCell(cell, to);
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
    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public static void AddTo(MeasureCell cell, ReadOnlySpan<byte> document, int models = -1, bool isLess = false)
    {
        var from = new DocumentReader("rollup", Version, document);
        if (ReadCellInto(ref from, cell, models, isLess)) from.EnsureEnd();
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
        to.Clear();
        to.WriteVersion(Version);
        var day = 0;
        foreach (var (key, cell) in brandSums)
        {
            if (cell.IsZero) continue;
            to.WriteSharedText(key.Campaign);
            to.WriteSharedText(key.Creator);
            to.WriteSigned(key.Day.DayNumber - day);
            day = key.Day.DayNumber;
            WriteCell(cell, to);
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
        var from = new DocumentReader("sum of measures", Version, document);
        long day = 0;
        while (from.ReadSharedTextOrNull() is { } campaign)
        {
            var creator = from.ReadSharedText();
            day += from.ReadSigned();
            if (day is < 0 or > 3_652_058) throw from.Corrupt("a day out of range");
            var isIncluded = day >= first.DayNumber && day <= last.DayNumber;
            ReadCellInto(
                ref from,
                isIncluded ? sums[new RollupKey(brand, DateOnly.FromDayNumber((int)day), campaign, creator)] : new MeasureCell());
        }
        from.EnsureEnd();
    }

    private static void WriteCell(MeasureCell cell, DocumentWriter to)
    {
        var values = cell.Values;
        to.WriteCount(MeasureCell.Length - values.Count(0L));
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == 0) continue;
            to.WriteCount(i - next);
            to.WriteSigned(values[i]);
            next = i + 1;
        }
    }

    /// <summary>
    /// Reads a cell. Returns false if the remaining values belong to models that are not selected, and were not read.
    /// </summary>
    private static bool ReadCellInto(ref DocumentReader from, MeasureCell to, int models = -1, bool isLess = false)
    {
        var values = to.Values;
        var next = 0;
        for (var left = from.ReadCount(); left > 0; left--)
        {
            next += from.ReadInt32();
            if (next >= values.Length) throw from.Corrupt("a measure that this build does not support");
            var number = from.ReadSigned();
            var remainingModels = next < MeasureCell.MeasureCount ? 1 : models >> (next - MeasureCell.MeasureCount) / MeasureCell.CreditMeasureCount;
            if ((remainingModels & 1) != 0)
                values[next] += isLess ? -number : number;
            else if (remainingModels == 0)
                return false;
            next++;
        }
        return true;
    }
}
