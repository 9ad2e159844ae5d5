using Attribution.Core.Rollups;

namespace Attribution.Storage.Codecs;

/// <summary>
/// Measures as stored documents. A cell is sparse: how many of its numbers are not 0, then for each how many places it lies beyond the one
/// before, and the number. The places are those of <see cref="MeasureCell.Values"/>, whose order never changes.
/// </summary>
internal static class MeasureCodec
{
    private const byte Version = 1;

    public static ReadOnlySpan<byte> Encode(MeasureCell cell, DocumentWriter to)
    {
        to.Clear();
        to.WriteVersion(Version);
        WriteCell(cell, to);
        return to.Written;
    }

    public static MeasureCell DecodeCell(ReadOnlySpan<byte> document)
    {
        var cell = new MeasureCell();
        AddTo(cell, document);
        return cell;
    }

    /// <summary>Adds a stored cell to another, or takes it off, without one in between.</summary>
    /// <param name="cell">The other.</param>
    /// <param name="document">What is stored.</param>
    /// <param name="models">Of which models, a bit of each one's number; what is no model's comes in any case. All, unless said.</param>
    /// <param name="isLess">Whether it is taken off.</param>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public static void AddTo(MeasureCell cell, ReadOnlySpan<byte> document, int models = -1, bool isLess = false)
    {
        var from = new DocumentReader("rollup", Version, document);
        if (ReadCellInto(ref from, cell, models, isLess)) from.EnsureEnd();
    }

    /// <summary>Sums as one document a brand; none where nothing but zeros is said of it.</summary>
    public static List<(string Brand, byte[] Sums)> EncodeByBrand(MeasureSums sums, DocumentWriter to) =>
        [.. sums.Cells.Where(pair => !pair.Value.IsZero).GroupBy(pair => pair.Key.Brand, StringComparer.Ordinal).Select(brand => (brand.Key, Encode(brand, to)))];

    /// <summary>Sums of one brand, which stands beside the document. Cells that are zero are left out.</summary>
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
        // No campaign: the end.
        to.WriteSharedText(null);
        return to.Written.ToArray();
    }

    /// <summary>Adds sums of a brand to others.</summary>
    public static void AddTo(MeasureSums sums, string brand, ReadOnlySpan<byte> document) =>
        AddTo(sums, brand, document, DateOnly.MinValue, DateOnly.MaxValue);

    /// <summary>Adds sums of a brand to others, of the days from one to another alone, both inside.</summary>
    public static void AddTo(MeasureSums sums, string brand, ReadOnlySpan<byte> document, DateOnly first, DateOnly last)
    {
        var from = new DocumentReader("sum of measures", Version, document);
        long day = 0;
        while (from.ReadSharedTextOrNull() is { } campaign)
        {
            var creator = from.ReadSharedText();
            day += from.ReadSigned();
            if (day is < 0 or > 3_652_058) throw from.Corrupt("a day out of range");
            var isInside = day >= first.DayNumber && day <= last.DayNumber;
            ReadCellInto(ref from, isInside ? sums[new RollupKey(brand, DateOnly.FromDayNumber((int)day), campaign, creator)] : new MeasureCell());
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

    /// <returns>False: the rest is of models that were not asked for, and was not read.</returns>
    private static bool ReadCellInto(ref DocumentReader from, MeasureCell to, int models = -1, bool isLess = false)
    {
        var values = to.Values;
        var next = 0;
        for (var left = from.ReadCount(); left > 0; left--)
        {
            next += from.ReadInt32();
            if (next >= values.Length) throw from.Corrupt("a measure that this build does not know");
            var number = from.ReadSigned();
            if (next < MeasureCell.MeasureCount || (models >> (next - MeasureCell.MeasureCount) / MeasureCell.CreditMeasureCount) is var rest && (rest & 1) != 0)
                values[next] += isLess ? -number : number;
            else if (rest == 0) return false;
            next++;
        }
        return true;
    }
}
