using Attribution.Core.Rollups;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The tables of rollups and their precomputed sums.</summary>
internal static class SqliteRollupTable
{
    /// <summary>The number of days of a season.</summary>
    public static readonly int SeasonDays = RollupLayout.DaysPerRow(RollupTable.Seasons);

    /// <summary>
    /// A table of the days ?2 to ?3 in steps of ?4, so that the index is searched once per day instead of scanned.
    /// </summary>
    public const string EachDayCte =
        "WITH RECURSIVE each (day) AS (SELECT ?2 WHERE ?2 <= ?3 UNION ALL SELECT day + ?4 FROM each WHERE day + ?4 <= ?3)";

    /// <summary>Returns the SQL name of a table.</summary>
    public static string TableName(RollupTable table) => table switch
    {
        RollupTable.Days => "rollups",
        RollupTable.Fortnights => "rollup_fortnights",
        RollupTable.Seasons => "rollup_seasons",
        RollupTable.CampaignDays => "rollup_campaigns",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    /// <summary>Selects day, campaign, creator and cell of the rows of a scan.</summary>
    public static SqliteStatement SelectRows(SqliteSession session, string brand, in RollupScan scan) => scan switch
    {
        { Campaign: { } campaign, Creator: { } creator } => BindRange(
            session[
                $"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(scan.Table)} r "
                + "ON brand = ?1 AND r.day = each.day AND campaign = ?5 AND creator = ?6"],
            brand, scan).Bind(4, RollupLayout.DaysPerRow(scan.Table)).Bind(5, campaign).Bind(6, creator),
        { Campaign: { } campaign } => BindRange(
            session[
                $"{EachDayCte} SELECT each.day, campaign, creator, cell FROM each CROSS JOIN {TableName(scan.Table)} r "
                + "ON brand = ?1 AND r.day = each.day AND campaign IN (?5, '', '*')"],
            brand, scan).Bind(4, RollupLayout.DaysPerRow(scan.Table)).Bind(5, campaign),
        _ => BindRange(
            session[$"SELECT day, campaign, creator, cell FROM {TableName(scan.Table)} WHERE brand = ?1 AND day BETWEEN ?2 AND ?3"], brand, scan),
    };

    /// <summary>Binds brand, first and last day to the parameters 1 to 3.</summary>
    public static SqliteStatement BindRange(SqliteStatement statement, string brand, in RollupScan scan) =>
        statement.Bind(1, brand).Bind(2, scan.First.DayNumber).Bind(3, scan.Last.DayNumber);

    /// <summary>Binds a key to the parameters 1 to 4.</summary>
    public static SqliteStatement BindKey(SqliteStatement statement, in RollupKey key) =>
        statement.Bind(1, key.Brand).Bind(2, key.Day.DayNumber).Bind(3, key.Campaign).Bind(4, key.Creator);

    /// <summary>Reads the encoded rollups of a brand's day by campaign and creator (ordinal).</summary>
    public static List<(RollupKey Key, byte[] Cell)> ReadStoredCells(SqliteSession session, string brand, DateOnly day)
    {
        var rows = new List<(RollupKey Key, byte[] Cell)>();
        var select = session["SELECT campaign, creator, cell FROM rollups WHERE brand = ? AND day = ? ORDER BY campaign, creator"]
            .Bind(1, brand).Bind(2, day.DayNumber);
        while (select.Step())
            rows.Add((new RollupKey(brand, day, select.Text(0), select.Text(1)), select.Blob(2).ToArray()));
        return rows;
    }
}
