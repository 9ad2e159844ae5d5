using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

// The sums that are kept beside the rollups, held against them: a fortnight of a brand at a time, so that nobody waits for long.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async ValueTask<int> MendSumsAsync(CancellationToken cancellation)
    {
        var fortnights = await database.ReadAsync(
            session =>
            {
                var found = new List<(string Brand, int First)>();
                var select = session[
                    $"SELECT DISTINCT brand, day - day % {RollupFortnight.Days} FROM rollups UNION SELECT DISTINCT brand, day - day % {RollupFortnight.Days} FROM rollup_campaigns UNION SELECT DISTINCT brand, first_day FROM rollup_blocks"];
                while (select.Step()) found.Add((select.Text(0), (int)select.Int64(1)));
                return found;
            },
            cancellation);
        var mended = 0;
        foreach (var (brand, first) in fortnights)
        {
            cancellation.ThrowIfCancellationRequested();
            // Looked at first, so that writers wait for those alone where something is wrong.
            if (await database.ReadAsync(session => WrongSums(session, brand, first).Count > 0, cancellation))
                mended += await database.WriteAsync(session => Mend(session, WrongSums(session, brand, first)), cancellation);
        }

        return mended;
    }

    /// <summary>The kept sums of a fortnight that do not equal their rollups, with what they should be; null: there should be none.</summary>
    private static List<(bool OfBlock, RollupKey Key, MeasureCell? Right)> WrongSums(SqliteSession session, string brand, int first)
    {
        var (campaigns, blocks, last) = (new MeasureSums(), new MeasureSums(), first + RollupFortnight.Days - 1);
        var rollups = session["SELECT day, campaign, creator, cell FROM rollups WHERE brand = ? AND day BETWEEN ? AND ?"].Bind(1, brand).Bind(2, first).Bind(3, last);
        while (rollups.Step())
        {
            var key = new RollupKey(brand, DateOnly.FromDayNumber((int)rollups.Int64(0)), rollups.Text(1), rollups.Text(2));
            MeasureCodec.AddTo(campaigns[StoredRollups.CampaignDayOf(key)], rollups.Blob(3));
            MeasureCodec.AddTo(blocks[StoredRollups.BlockOf(key)], rollups.Blob(3));
        }

        var wrong = new List<(bool, RollupKey, MeasureCell?)>();
        // A campaign's day stays though its creators come to nothing together, and though they are gone.
        var kept = session["SELECT day, campaign, '', cell FROM rollup_campaigns WHERE brand = ? AND day BETWEEN ? AND ?"].Bind(1, brand).Bind(2, first).Bind(3, last);
        Compare(kept, ofBlock: false, campaigns, mayBeZero: true);
        kept = session["SELECT first_day, campaign, creator, cell FROM rollup_blocks WHERE brand = ? AND first_day = ?"].Bind(1, brand).Bind(2, first);
        Compare(kept, ofBlock: true, blocks.DropZeros(), mayBeZero: false);
        return wrong;

        void Compare(SqliteStatement rows, bool ofBlock, MeasureSums right, bool mayBeZero)
        {
            while (rows.Step())
            {
                var key = new RollupKey(brand, DateOnly.FromDayNumber((int)rows.Int64(0)), rows.Text(1), rows.Text(2));
                var (cell, isThere) = (MeasureCodec.DecodeCell(rows.Blob(3)), right.Cells.ContainsKey(key));
                if (isThere ? !cell.Values.SequenceEqual(right[key].Values) : !(mayBeZero && cell.IsZero)) wrong.Add((ofBlock, key, isThere ? right[key] : null));
                right.Remove(key);
            }

            foreach (var (key, cell) in right.Cells) wrong.Add((ofBlock, key, cell));
        }
    }

    private static int Mend(SqliteSession session, List<(bool OfBlock, RollupKey Key, MeasureCell? Right)> wrong)
    {
        var documents = new DocumentWriter();
        foreach (var (ofBlock, key, right) in wrong)
        {
            if (!ofBlock)
                OfKey(session["INSERT OR REPLACE INTO rollup_campaigns (brand, day, campaign, cell) VALUES (?, ?, ?, ?)"], key).Bind(4, MeasureCodec.Encode(right ?? new(), documents)).Run();
            else if (right is null)
                OfKey(session["DELETE FROM rollup_blocks WHERE brand = ? AND first_day = ? AND campaign = ? AND creator = ?"], key).Bind(4, key.Creator).Run();
            else
                OfKey(session["INSERT OR REPLACE INTO rollup_blocks (brand, first_day, campaign, creator, cell) VALUES (?, ?, ?, ?, ?)"], key)
                    .Bind(4, key.Creator).Bind(5, MeasureCodec.Encode(right, documents)).Run();
        }

        return wrong.Count;
    }
}
