using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;

namespace Attribution.Storage;

/// <summary>What is stored of the rollups, each with a key of theirs.</summary>
internal enum RollupRows
{
    /// <summary>The rollups themselves.</summary>
    Days,

    /// <summary>A campaign's day: its creators, and its own costs, added up under no creator.</summary>
    CampaignDays,

    /// <summary>A placement's block of days, a <see cref="RollupFortnight"/>, added up under its first.</summary>
    Blocks,
}

/// <summary>Rows that are read for an answer.</summary>
/// <param name="Rows">Of what.</param>
/// <param name="First">First day, inside; of blocks the first one's.</param>
/// <param name="Last">Last day, inside.</param>
/// <param name="Campaign">Of this one, and what is of none or of all; empty: of these two alone; null: all. With a creator: of hers in this one alone.</param>
/// <param name="Creator">Of this one alone; null: all.</param>
internal readonly record struct RollupPart(RollupRows Rows, DateOnly First, DateOnly Last, string? Campaign = null, string? Creator = null);

/// <summary>Rollups as they are stored, and what every store makes of them.</summary>
internal static class StoredRollups
{
    /// <summary>The fewest rows whose sum under <see cref="RollupQuestion.KeyOf"/> is the answer.</summary>
    public static IEnumerable<RollupPart> PartsOf(RollupQuestion question)
    {
        var (from, to, campaign) = (question.From, question.To, question.Campaign);
        // What is of no creator stands once a day among the campaigns' sums.
        if (question.Creator is { } creator) return [new(RollupRows.Days, from, to, campaign, creator), new(RollupRows.CampaignDays, from, to, "")];
        return question.Grain switch
        {
            RollupGrain.Campaigns => [new(RollupRows.CampaignDays, from, to, campaign)],
            RollupGrain.Placements => [new(RollupRows.Days, from, to, campaign)],
            _ when question.Cut is { } cut && cut > from && cut <= to => [.. Span(from, cut.AddDays(-1), campaign), .. Span(cut, to, campaign)],
            _ => Span(from, to, campaign),
        };
    }

    /// <summary>Whole blocks, and the days before and after them, 13 at the most on average: of 30 days some 15 rows a placement, of 365 some 38.</summary>
    public static IEnumerable<RollupPart> Span(DateOnly first, DateOnly last, string? campaign = null)
    {
        const int Days = RollupFortnight.Days;
        var (begin, end) = ((first.DayNumber + Days - 1) / Days * Days, (last.DayNumber + 1) / Days * Days);
        (RollupRows, int, int)[] parts = begin >= end
            ? [(RollupRows.Days, first.DayNumber, last.DayNumber)]
            : [(RollupRows.Days, first.DayNumber, begin - 1), (RollupRows.Blocks, begin, end - 1), (RollupRows.Days, end, last.DayNumber)];
        foreach (var (rows, since, through) in parts)
            if (since <= through) yield return new(rows, DateOnly.FromDayNumber(since), DateOnly.FromDayNumber(through), campaign);
    }

    /// <summary>Changes of rollups as changes of their campaigns' days, those that come to nothing among them: their creators may not.</summary>
    public static MeasureSums CampaignDays(MeasureSums changes) => Under(changes, CampaignDayOf);

    /// <summary>Changes of rollups as changes of their placements' blocks.</summary>
    public static MeasureSums Blocks(MeasureSums changes) => Under(changes, BlockOf).DropZeros();

    /// <summary>Under which key a rollup counts among the campaigns' days.</summary>
    public static RollupKey CampaignDayOf(RollupKey rollup) => rollup with { Creator = "" };

    /// <summary>Under which key it counts among the placements' blocks.</summary>
    public static RollupKey BlockOf(RollupKey rollup) => rollup with { Day = RollupFortnight.Of(rollup.Day) };

    private static MeasureSums Under(MeasureSums changes, Func<RollupKey, RollupKey> keyOf)
    {
        var sums = new MeasureSums();
        foreach (var (key, change) in changes.Cells) sums[keyOf(key)].Add(change);
        return sums;
    }

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
