using System.Text.Json;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>A fold takes no further delta when its sums hold as many cells: some 20 MiB.</summary>
    private const int MaxCellsPerFold = 20_000;

    /// <inheritdoc/>
    public async ValueTask<int> FoldAsync(int limit, Timestamp at, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (folded, beyond) = (0, new List<string>());
        bool again;
        do
        {
            // A brand beyond counting must not take the place of those that can be folded.
            again = false;
            foreach (var (brand, count) in await database.ReadAsync(session => CountOldestByBrand(session, limit - folded, beyond), cancellation))
            {
                try
                {
                    folded += await database.WriteAsync(session => FoldBrand(session, brand, count, at), cancellation);
                }
                catch (OverflowException)
                {
                    beyond.Add(brand);
                    again = true;
                }
            }
        }
        while (again && folded < limit);

        return beyond.Count == 0 ? folded : throw RollupLayout.SumOverflow(beyond);
    }

    /// <summary>Whose the oldest waiting deltas are, some brands aside. Only a plan: what is folded is read again under the lock.</summary>
    private static List<(string Brand, int Count)> CountOldestByBrand(SqliteSession session, int limit, List<string> aside)
    {
        var brands = new List<(string, int)>();
        var select = session["SELECT brand, COUNT(*) FROM (SELECT brand FROM deltas WHERE brand NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?) GROUP BY brand ORDER BY brand"]
            .Bind(1, JsonSerializer.Serialize(aside)).Bind(2, limit);
        while (select.Step()) brands.Add((select.Text(0), (int)select.Int64(1)));
        return brands;
    }

    private static int FoldBrand(SqliteSession session, string brand, int limit, Timestamp at)
    {
        var sums = new MeasureSums();
        var folded = new List<long>();
        var deltas = session["SELECT seq, sums FROM deltas WHERE brand = ? ORDER BY seq LIMIT ?"].Bind(1, brand).Bind(2, limit);
        while (sums.Cells.Count < MaxCellsPerFold && deltas.Step())
        {
            folded.Add(deltas.Int64(0));
            MeasureCodec.AddTo(sums, brand, deltas.Blob(1));
        }
        deltas.Reset();
        if (folded.Count == 0) return 0;
        sums.DropZeros();

        CountUnmatched(session, sums);
        var documents = new DocumentWriter();
        AddToRollups(session, sums, documents);
        // Deltas that cancel out have nothing to tell.
        if (sums.Cells.Count > 0) InsertManifest(session, brand, at, sums, documents);
        var delete = session["DELETE FROM deltas WHERE seq = ?"];
        foreach (var seq in folded) delete.Bind(1, seq).Run();
        return folded.Count;
    }

    private static void InsertManifest(SqliteSession session, string brand, Timestamp at, MeasureSums sums, DocumentWriter documents)
    {
        var last = session["SELECT number, at FROM manifests WHERE brand = ? ORDER BY number DESC LIMIT 1"].Bind(1, brand);
        var (number, before) = last.Step() ? (last.Int64(0), last.Int64(1)) : (0, long.MinValue);
        last.Reset();
        var days = sums.Cells.Keys.Select(key => key.Day.DayNumber);
        session["INSERT INTO manifests (brand, number, at, first_day, last_day, sums) VALUES (?, ?, ?, ?, ?, ?)"]
            .Bind(1, brand).Bind(2, number + 1).Bind(3, Math.Max(before, at.UnixMilliseconds))
            .Bind(4, days.Min()).Bind(5, days.Max()).Bind(6, MeasureCodec.Encode(sums.Cells, documents)).Run();
    }
}
