using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Payouts;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The measures recorded for all brands.</summary>
internal static class SqliteRecordedMeasures
{
    /// <summary>
    /// Sums rollups, unmatched names and waiting deltas, less the adjustments that agreements add to journeys and
    /// costs.
    /// </summary>
    /// <param name="session">The session that reads.</param>
    /// <param name="faults">Receives the faults of brands with damaged documents; their sums are incomplete.</param>
    public static MeasureSums Sum(SqliteSession session, BrandFaults faults)
    {
        var sums = new MeasureSums();
        var rollups = session["SELECT brand, day, campaign, creator, cell FROM rollups"];
        while (rollups.Step())
        {
            var key = new RollupKey(rollups.Text(0), rollups.Day(1), rollups.Text(2), rollups.Text(3));
            faults.Try(key.Brand, () => sums[key].Add(MeasureCodec.DecodeCell(rollups.Blob(4))));
        }
        SqliteUnmatchedTable.AddTo(session, sums);
        var deltas = session["SELECT brand, sums FROM deltas"];
        while (deltas.Step())
        {
            var brand = deltas.Text(0);
            faults.Try(brand, () => MeasureCodec.AddTo(sums, brand, deltas.Blob(1)));
        }
        SqliteAccrualTable.AddAdjustments(session, sums, -1);
        return sums;
    }
}
