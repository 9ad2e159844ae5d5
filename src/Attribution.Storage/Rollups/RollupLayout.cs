using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Rollups;

/// <summary>What is stored of the rollups, each with a key of theirs.</summary>
internal enum RollupTable
{
    /// <summary>The rollups themselves.</summary>
    Days,

    /// <summary>A placement's <see cref="RollupFortnight"/>, added up under its first day.</summary>
    Fortnights,

    /// <summary>A placement's season, six fortnights from the first day of the calendar on, added up under its first day.</summary>
    Seasons,

    /// <summary>A campaign's day: its creators, and its own costs, added up under no creator.</summary>
    CampaignDays,
}

/// <summary>Rows that are read for an answer.</summary>
/// <param name="Table">Of what.</param>
/// <param name="First">First day, inside; of blocks of days the first one's.</param>
/// <param name="Last">Last day, inside.</param>
/// <param name="IsSubtracted">Whether they are taken off, not added.</param>
/// <param name="GroupDay">The day that all are added up under; null: each under its own.</param>
/// <param name="Campaign">Of this one, and what is of none or of all; empty: of these two alone; null: all. With a creator: of hers in this one alone.</param>
/// <param name="Creator">Of this one alone; null: all.</param>
internal readonly record struct RollupScan(RollupTable Table, DateOnly First, DateOnly Last, string? Campaign = null, string? Creator = null, bool IsSubtracted = false, DateOnly? GroupDay = null);

/// <summary>Rollups as they are stored, and what every store makes of them.</summary>
internal static class RollupLayout
{
    /// <summary>All that is kept.</summary>
    public static readonly RollupTable[] AllTables = Enum.GetValues<RollupTable>();

    /// <summary>The fewest rows whose sum under <see cref="GroupKeyFor(RollupSumQuery, in RollupScan, in RollupKey)"/> is the answer.</summary>
    public static IEnumerable<RollupScan> PlanScans(RollupSumQuery question)
    {
        var (from, to, campaign) = (question.From, question.To, question.Campaign);
        var spans = question.Grain != RollupGrain.Periods ? []
            : question.SplitDay is { } cut && cut > from && cut <= to ? [.. Under(from, cut.AddDays(-1)), .. Under(cut, to)] : Under(from, to);
        return question switch
        {
            // What is of no creator stands once a day, and in blocks of its own.
            { Creator: { } creator, Grain: RollupGrain.Periods } => spans.SelectMany(part => new[] { part with { Campaign = campaign, Creator = creator }, part with { Campaign = "" } }),
            { Creator: { } creator } => [new(RollupTable.Days, from, to, campaign, creator), new(RollupTable.CampaignDays, from, to, "")],
            { Grain: RollupGrain.Campaigns } => [new(RollupTable.CampaignDays, from, to, campaign)],
            { Grain: RollupGrain.Placements } => [new(RollupTable.Days, from, to, campaign)],
            _ => spans.Select(part => part with { Campaign = campaign }),
        };

        // A block may begin before the days that it is read for.
        static List<RollupScan> Under(DateOnly first, DateOnly last) => [.. PlanSpan(first, last).Select(part => part with { GroupDay = first })];
    }

    /// <summary>
    /// The fewest rows a placement that come to some days: of a block that lies half outside, what lies inside is added, or the block less what lies outside,
    /// whichever is shorter. Of 30 days some 9 rows, of 365 some 15, 26 at the most.
    /// </summary>
    public static IEnumerable<RollupScan> PlanSpan(DateOnly first, DateOnly last, RollupTable longest = RollupTable.Seasons) =>
        PlanStretches(first.DayNumber, last.DayNumber + 1, longest, isLess: false)
            .Select(of => new RollupScan(of.Rows, DateOnly.FromDayNumber(of.From), DateOnly.FromDayNumber(of.Until - 1), IsSubtracted: of.IsLess));

    private static List<(RollupTable Rows, int From, int Until, bool IsLess)> PlanStretches(int from, int until, RollupTable longest, bool isLess)
    {
        if (from >= until) return [];
        if (longest == RollupTable.Days) return [(longest, from, until, isLess)];
        var days = DaysPerRow(longest);
        var (begin, end) = (Nearest(from), Nearest(until));
        var shorter = PlanStretches(from, until, longest - 1, isLess);
        if (begin >= end) return shorter;
        List<(RollupTable, int, int, bool)> whole = [(longest, begin, end, isLess), .. Inside(from, begin), .. Outside(begin, from), .. Inside(end, until), .. Outside(until, end)];
        return RowsOf(whole) < RowsOf(shorter) ? whole : shorter;

        // No block is asked for that goes on beyond the calendar.
        int Nearest(int day) => (day + days / 2) / days * days is var nearest && nearest <= DateOnly.MaxValue.DayNumber + 1 ? nearest : nearest - days;

        List<(RollupTable, int, int, bool)> Inside(int since, int to) => PlanStretches(since, to, longest - 1, isLess);

        List<(RollupTable, int, int, bool)> Outside(int since, int to) => PlanStretches(since, to, longest - 1, !isLess);

        static int RowsOf(List<(RollupTable Rows, int From, int Until, bool)> stretches) => stretches.Sum(of => (of.Until - of.From) / DaysPerRow(of.Rows));
    }

    /// <summary>Days that a row adds up.</summary>
    public static int DaysPerRow(RollupTable rows) => rows switch
    {
        RollupTable.Days or RollupTable.CampaignDays => 1,
        RollupTable.Fortnights => RollupFortnight.Days,
        RollupTable.Seasons => 6 * RollupFortnight.Days,
        _ => throw new ArgumentOutOfRangeException(nameof(rows), rows, null),
    };

    /// <summary>Under which key a rollup counts among some rows.</summary>
    public static RollupKey RowKeyFor(RollupTable rows, in RollupKey rollup) => rows == RollupTable.CampaignDays
        ? rollup with { Creator = "" }
        : rollup with { Day = rollup.Day.AddDays(-(rollup.Day.DayNumber % DaysPerRow(rows))) };

    /// <summary>Under which key a row of a part is added up for a question.</summary>
    public static RollupKey GroupKeyFor(RollupSumQuery question, in RollupScan part, in RollupKey row) => part.GroupDay is { } day ? row with { Day = day } : question.GroupKeyFor(row);

    /// <summary>Changes of rollups as changes of some rows, those that come to nothing together among them.</summary>
    public static MeasureSums ChangesFor(RollupTable rows, MeasureSums changes)
    {
        if (rows == RollupTable.Days) return changes;
        var sums = new MeasureSums();
        foreach (var (key, change) in changes.Cells) sums[RowKeyFor(rows, key)].Add(change);
        return sums;
    }

    /// <summary>The stored cells less what was folded since. What came to nothing since, and so is stored no more, is there again.</summary>
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> SubtractFolds(List<(RollupKey Key, byte[] Cell)> rows, MeasureSums since)
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
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> Sort(MeasureSums sums) =>
        sums.Cells.Where(cell => !cell.Value.IsZero)
            .OrderBy(cell => cell.Key.Day)
            .ThenBy(cell => cell.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(cell => cell.Key.Creator, StringComparer.Ordinal);

    /// <summary>Sorts keys by day, campaign and creator (ordinal).</summary>
    public static IEnumerable<RollupKey> Sort(IEnumerable<RollupKey> keys) =>
        keys.OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal);

    /// <summary>What a fold ends with when sums of some brands left 64 bits.</summary>
    public static OverflowException SumOverflow(IEnumerable<string> brands) => new(
        $"Measures of {string.Join(", ", brands)} come to more than 64 bits can count: their deltas wait, until others take them back. Those of other brands are folded.");

    /// <summary>Where the page of unmatched names behind one begins.</summary>
    public static string FormatUnmatchedCursor(UnmatchedName name) => string.Create(CultureInfo.InvariantCulture, $"{name.Count} {(int)name.Kind} {name.Name}");

    /// <summary>What such a cursor says; before everything where there is none.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static (long Count, long Kind, string Name) ParseUnmatchedCursor(string? cursor)
    {
        if (cursor is null) return (long.MaxValue, 0, "");
        var parts = cursor.Split(' ', 3);
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
            ? (count, kind, parts[2])
            : throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
    }
}
