using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>
/// Sums of rollups. A page sums many of them: 120,000 for a month of 4,000 placements, 1.46 million for a year. So the
/// transaction that writes rollups also updates precomputed sums: of a campaign's day, and of a placement's fortnight
/// and season. A query reads whichever tables need the fewest rows.
/// </summary>
internal static class SqliteRollupSums
{
    /// <summary>Sums a brand's current rollups for a query.</summary>
    public static MeasureSums Sum(
        SqliteSession session, string brand, RollupSumQuery query, CancellationToken cancellation)
    {
        var sums = new MeasureSums();
        foreach (var scan in RollupLayout.PlanScans(query).SelectMany(scan => SplitByCampaign(session, brand, scan)))
        {
            var rows = SqliteRollupTable.SelectRows(session, brand, scan);
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                var key = new RollupKey(brand, rows.Day(0), rows.Text(1), rows.Text(2));
                MeasureCodec.AddTo(sums[RollupLayout.GroupKeyFor(query, scan, key)], rows.Blob(3), query.Models, scan.IsSubtracted);
            }
        }
        return sums.DropZeros();
    }

    /// <summary>
    /// Splits the scan of a creator in all campaigns into one scan per campaign. The campaigns are found in the table
    /// of seasons, because an index by creator would dirty one more page, anywhere in the file, for each row that a
    /// fold inserts.
    /// </summary>
    private static List<RollupScan> SplitByCampaign(SqliteSession session, string brand, RollupScan scan)
    {
        if (scan.Creator is not { } creator || scan.Campaign is not null) return [scan];
        // Seeks from season to season and from campaign to campaign by the primary key, skipping the creators of each.
        var select = session[
            SqliteRollupTable.EachDayCte
            + ", known (day, campaign) AS ("
            + "SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = each.day) FROM each UNION ALL "
            + "SELECT day, (SELECT MIN(campaign) FROM rollup_seasons s WHERE brand = ?1 AND s.day = known.day AND s.campaign > known.campaign) "
            + "FROM known WHERE campaign IS NOT NULL) "
            + "SELECT DISTINCT s.campaign FROM known CROSS JOIN rollup_seasons s "
            + "ON brand = ?1 AND s.day = known.day AND s.campaign = known.campaign AND creator = ?5"];
        var firstSeason = RollupLayout.RowKeyFor(RollupTable.Seasons, new(brand, scan.First, "", "")).Day;
        SqliteRollupTable.BindRange(select, brand, scan with { First = firstSeason }).Bind(4, SqliteRollupTable.SeasonDays).Bind(5, creator);
        var scans = new List<RollupScan>();
        while (select.Step()) scans.Add(scan with { Campaign = select.Text(0) });
        return scans;
    }
}
