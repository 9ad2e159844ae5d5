using System.Globalization;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Rollups;

/// <summary>The layout of stored rollups, and the rules that every store applies to them.</summary>
internal static class RollupLayout
{
    /// <summary>All tables.</summary>
    public static readonly RollupTable[] AllTables = Enum.GetValues<RollupTable>();

    /// <summary>
    /// Plans the scans with the fewest rows whose sum under
    /// <see cref="GroupKeyFor(RollupSumQuery, in RollupScan, in RollupKey)"/> is the result of a query.
    /// </summary>
    public static IEnumerable<RollupScan> PlanScans(RollupSumQuery query)
    {
        var (from, to, campaign) = (query.From, query.To, query.Campaign);
        List<RollupScan> spans = query.Grain != RollupGrain.Periods ? []
            : query.SplitDay is { } split && split > from && split <= to ? [.. PlanPeriod(from, split.AddDays(-1)), .. PlanPeriod(split, to)]
            : PlanPeriod(from, to);
        return query switch
        {
            // Rows without a creator are stored once per day, in rows of their own.
            { Creator: { } creator, Grain: RollupGrain.Periods } => spans.SelectMany(
                scan => new[] { scan with { Campaign = campaign, Creator = creator }, scan with { Campaign = "" } }),
            { Creator: { } creator } => [new(RollupTable.Days, from, to, campaign, creator), new(RollupTable.CampaignDays, from, to, "")],
            { Grain: RollupGrain.Campaigns } => [new(RollupTable.CampaignDays, from, to, campaign)],
            { Grain: RollupGrain.Placements } => [new(RollupTable.Days, from, to, campaign)],
            _ => spans.Select(scan => scan with { Campaign = campaign }),
        };

        // The first row may begin before the period, so the day is set explicitly.
        static List<RollupScan> PlanPeriod(DateOnly first, DateOnly last) =>
            [.. PlanSpan(first, last).Select(scan => scan with { GroupDay = first })];
    }

    /// <summary>
    /// Plans the fewest rows per placement that sum to a range of days. For a row that is only partly in the range,
    /// either the days inside it are added, or the row is added and the days outside it are subtracted, whichever needs
    /// fewer rows. 30 days need about 9 rows, 365 days about 15, any range at most 26.
    /// </summary>
    public static IEnumerable<RollupScan> PlanSpan(
        DateOnly first, DateOnly last, RollupTable longest = RollupTable.Seasons) =>
        PlanStretches(first.DayNumber, last.DayNumber + 1, longest, isSubtracted: false)
            .Select(stretch => new RollupScan(
                stretch.Table,
                DateOnly.FromDayNumber(stretch.From),
                DateOnly.FromDayNumber(stretch.Until - 1),
                IsSubtracted: stretch.IsSubtracted));

    private static List<(RollupTable Table, int From, int Until, bool IsSubtracted)> PlanStretches(
        int from, int until, RollupTable longest, bool isSubtracted)
    {
        if (from >= until) return [];
        if (longest == RollupTable.Days) return [(longest, from, until, isSubtracted)];
        var days = DaysPerRow(longest);
        var (begin, end) = (RoundToRow(from), RoundToRow(until));
        var withoutLongest = PlanStretches(from, until, longest - 1, isSubtracted);
        if (begin >= end) return withoutLongest;
        List<(RollupTable, int, int, bool)> withLongest =
        [
            (longest, begin, end, isSubtracted),
            .. PlanInside(from, begin), .. PlanOutside(begin, from), .. PlanInside(end, until), .. PlanOutside(until, end),
        ];
        return CountRows(withLongest) < CountRows(withoutLongest) ? withLongest : withoutLongest;

        // Rounds to the nearest first day of a row, but never beyond the end of the calendar.
        int RoundToRow(int day)
        {
            var nearest = (day + days / 2) / days * days;
            return nearest <= DateOnly.MaxValue.DayNumber + 1 ? nearest : nearest - days;
        }

        List<(RollupTable, int, int, bool)> PlanInside(int first, int end) => PlanStretches(first, end, longest - 1, isSubtracted);

        List<(RollupTable, int, int, bool)> PlanOutside(int first, int end) => PlanStretches(first, end, longest - 1, !isSubtracted);

        static int CountRows(List<(RollupTable Table, int From, int Until, bool)> stretches) =>
            stretches.Sum(stretch => (stretch.Until - stretch.From) / DaysPerRow(stretch.Table));
    }

    /// <summary>Returns the number of days that a row of a table covers.</summary>
    public static int DaysPerRow(RollupTable table) => table switch
    {
        RollupTable.Days or RollupTable.CampaignDays => 1,
        RollupTable.Fortnights => RollupFortnight.Days,
        RollupTable.Seasons => 6 * RollupFortnight.Days,
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    /// <summary>Returns the key of the row of a table that includes a rollup.</summary>
    public static RollupKey RowKeyFor(RollupTable table, in RollupKey rollup) => table == RollupTable.CampaignDays
        ? rollup with { Creator = "" }
        : rollup with { Day = rollup.Day.AddDays(-(rollup.Day.DayNumber % DaysPerRow(table))) };

    /// <summary>Returns the key under which a query sums a row of a scan.</summary>
    public static RollupKey GroupKeyFor(RollupSumQuery query, in RollupScan scan, in RollupKey row) =>
        scan.GroupDay is { } day ? row with { Day = day } : GroupKeyFor(query, row);

    /// <summary>Returns the key under which a query sums the rollups of a key.</summary>
    public static RollupKey GroupKeyFor(RollupSumQuery query, in RollupKey key) => query.Grain switch
    {
        RollupGrain.Placements => key,
        RollupGrain.Campaigns => key with { Creator = "" },
        _ => key with { Day = query.SplitDay > query.From && key.Day >= query.SplitDay ? query.SplitDay.Value : query.From },
    };

    /// <summary>Converts changes of rollups to changes of a table's rows, including those that cancel out.</summary>
    public static MeasureSums ChangesFor(RollupTable table, MeasureSums changes)
    {
        if (table == RollupTable.Days) return changes;
        var sums = new MeasureSums();
        foreach (var (key, change) in changes.Cells) sums[RowKeyFor(table, key)].Add(change);
        return sums;
    }

    /// <summary>
    /// Returns the stored cells less later folds, including cells that became zero since and are no longer
    /// stored.
    /// </summary>
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> SubtractFolds(
        List<(RollupKey Key, byte[] Cell)> rows, MeasureSums since)
    {
        if (since.DropZeros().Cells.Count == 0)
            return rows.Select(row => KeyValuePair.Create(row.Key, MeasureCodec.DecodeCell(row.Cell)));
        var removed = since.Cells.Keys.ToHashSet();
        removed.ExceptWith(rows.Select(row => row.Key));
        return rows.Concat(removed.Select(key => (Key: key, Cell: Array.Empty<byte>())))
            .OrderBy(row => row.Key.Day)
            .ThenBy(row => row.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Creator, StringComparer.Ordinal)
            .Select(row =>
            {
                var cell = row.Cell.Length == 0 ? new MeasureCell() : MeasureCodec.DecodeCell(row.Cell);
                if (since.Cells.TryGetValue(row.Key, out var change)) cell.Add(change, -1);
                return KeyValuePair.Create(row.Key, cell);
            })
            .Where(row => !row.Value.IsZero);
    }

    /// <summary>Sorts cells by day, campaign and creator (ordinal), and omits those that are zero.</summary>
    public static IEnumerable<KeyValuePair<RollupKey, MeasureCell>> Sort(MeasureSums sums) =>
        sums.Cells.Where(cell => !cell.Value.IsZero)
            .OrderBy(cell => cell.Key.Day)
            .ThenBy(cell => cell.Key.Campaign, StringComparer.Ordinal)
            .ThenBy(cell => cell.Key.Creator, StringComparer.Ordinal);

    /// <summary>Sorts keys by day, campaign and creator (ordinal).</summary>
    public static IEnumerable<RollupKey> Sort(IEnumerable<RollupKey> keys) =>
        keys.OrderBy(key => key.Day).ThenBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Creator, StringComparer.Ordinal);

    /// <summary>Returns the exception for a fold in which sums of some brands exceed 128 bits.</summary>
    public static OverflowException SumOverflow(IEnumerable<string> brands) => new(
        $"Measures of {string.Join(", ", brands)} exceed 128 bits. Their deltas wait until later deltas reduce the sums; those of other brands "
        + "were folded.");

    /// <summary>Formats the cursor of the page of unmatched names after a name.</summary>
    public static string FormatUnmatchedCursor(UnmatchedName name) =>
        string.Create(CultureInfo.InvariantCulture, $"{name.Count} {(int)name.Kind} {name.Name}");

    /// <summary>Parses such a cursor; null starts before the first name.</summary>
    /// <exception cref="ArgumentException">The text is not a cursor.</exception>
    public static (long Count, long Kind, string Name) ParseUnmatchedCursor(string? cursor)
    {
        if (cursor is null) return (long.MaxValue, 0, "");
        var parts = cursor.Split(' ', 3);
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kind)
            ? (count, kind, parts[2])
            : throw new ArgumentException("Invalid cursor: this list did not return it.", nameof(cursor));
    }
}

/// <summary>The fold of all brands' deltas, above the store that folds those of one brand.</summary>
internal static class RollupFolder
{
    /// <summary>
    /// Folds the oldest deltas, brand by brand. A brand whose sums overflow, or whose data is damaged, is skipped and
    /// does not keep others from being folded.
    /// </summary>
    /// <param name="limit">The maximum number of deltas; at least 1.</param>
    /// <param name="countByBrand">
    /// Counts the oldest deltas by brand: at most the number given, except those of the brands given.
    /// </param>
    /// <param name="foldBrand">Folds at most so many deltas of a brand and returns how many were folded.</param>
    /// <returns>The number of folded deltas.</returns>
    /// <exception cref="OverflowException">
    /// A sum of at least one brand exceeds 128 bits; those of all other brands were folded.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// The data of at least one brand is damaged; that of all other brands was folded.
    /// </exception>
    public static async ValueTask<int> FoldAsync(
        int limit,
        Func<int, List<string>, ValueTask<List<(string Brand, int Count)>>> countByBrand,
        Func<string, int, ValueTask<int>> foldBrand)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (folded, faults) = (0, new Dictionary<string, Exception>(StringComparer.Ordinal));
        bool isIncomplete;
        do
        {
            isIncomplete = false;
            foreach (var (brand, count) in await countByBrand(limit - folded, [.. faults.Keys]))
            {
                try
                {
                    folded += await foldBrand(brand, count);
                }
                catch (Exception e) when (BrandFaults.IsDataFault(e))
                {
                    faults.Add(brand, e);
                    isIncomplete = true;
                }
            }
        }
        while (isIncomplete && folded < limit);

        if (faults.Count == 0) return folded;
        var overflowed = faults.Where(fault => fault.Value is OverflowException).Select(fault => fault.Key).ToList();
        throw overflowed.Count > 0 ? RollupLayout.SumOverflow(overflowed) : BrandFaults.CreateException(faults.First());
    }
}

/// <summary>The number, time and days of a fold's manifest.</summary>
/// <param name="Number">The number: 1 for the brand's first, one more for each later.</param>
/// <param name="At">The time (<see cref="ReportChange.NextTime"/>).</param>
/// <param name="FirstDay">The first day of the sums, inclusive.</param>
/// <param name="LastDay">The last day of the sums, inclusive.</param>
internal readonly record struct ManifestHeader(long Number, Timestamp At, DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>
    /// Returns the header of the manifest after the brand's last one (0: of the first). The sums must not be empty.
    /// </summary>
    public static ManifestHeader After(long lastNumber, Timestamp at, MeasureSums sums)
    {
        var days = sums.Cells.Keys.Select(key => key.Day);
        return new(lastNumber + 1, at, days.Min(), days.Max());
    }
}

/// <summary>The rule that every store applies to the times of changes that reports include.</summary>
internal static class ReportChange
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns the latest of some times; null if all are null.</summary>
    public static Timestamp? Latest(params ReadOnlySpan<Timestamp?> times)
    {
        Timestamp? latest = null;
        foreach (var time in times)
            if (time is { } known && !(latest >= known))
                latest = known;
        return latest;
    }

    /// <summary>
    /// Returns the time to be stored with a change: later than the last change, even if hosts' clocks differ. An answer
    /// is named by the time of its last change, so no later change becomes part of an answer already given.
    /// </summary>
    public static Timestamp NextTime(Timestamp? last, Timestamp now) => last is { } before && before >= now ? before + Step : now;
}
