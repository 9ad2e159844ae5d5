using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;

namespace Attribution.Storage;

/// <summary>Rollups as they are stored, and what every store makes of them.</summary>
internal static class StoredRollups
{
    /// <summary>The stored cells less what was folded since. What came to nothing since, and so is stored no more, is there again.</summary>
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> Less(List<(RollupKey Key, byte[] Cell)> rows, MeasureSums since)
    {
        if (since.DropZeros().Cells.Count == 0) return rows.Select(row => KeyValuePair.Create(row.Key, MeasureCodec.DecodeCell(row.Cell)));
        var gone = since.Cells.Keys.ToHashSet();
        gone.ExceptWith(rows.Select(row => row.Key));
        return rows.Concat(gone.Select(key => (Key: key, Cell: Array.Empty<byte>())))
            .OrderBy(row => row.Key.Day).ThenBy(row => row.Key.Campaign, StringComparer.Ordinal).ThenBy(row => row.Key.Creator, StringComparer.Ordinal)
            .Select(row =>
            {
                var cell = row.Cell.Length == 0 ? new MeasureCell() : MeasureCodec.DecodeCell(row.Cell);
                if (since.Cells.TryGetValue(row.Key, out var change)) cell.Add(change, -1);
                return KeyValuePair.Create(row.Key, cell);
            })
            .Where(row => !row.Value.IsZero);
    }

    /// <summary>By day, campaign, creator (ordinal), without those that are zero.</summary>
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> InOrder(MeasureSums sums) =>
        sums.Cells.Where(cell => !cell.Value.IsZero).OrderBy(cell => cell.Key.Day).ThenBy(cell => cell.Key.Campaign, StringComparer.Ordinal).ThenBy(cell => cell.Key.Creator, StringComparer.Ordinal);

    /// <summary>What a fold ends with when sums of some brands left 64 bits.</summary>
    public static OverflowException Beyond(IEnumerable<string> brands) => new(
        $"Measures of {string.Join(", ", brands)} come to more than 64 bits can count: their deltas wait, until others take them back. Those of other brands are folded.");

    /// <summary>Where the page of unmatched names behind one begins.</summary>
    public static string CursorAfter(UnmatchedName name) => string.Create(CultureInfo.InvariantCulture, $"{name.Count} {(int)name.Kind} {name.Name}");

    /// <summary>What such a cursor says; before everything where there is none.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static (long Count, long Kind, string Name) After(string? cursor)
    {
        if (cursor is null) return (long.MaxValue, 0, "");
        var parts = cursor.Split(' ', 3);
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
            ? (count, kind, parts[2])
            : throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
    }
}
