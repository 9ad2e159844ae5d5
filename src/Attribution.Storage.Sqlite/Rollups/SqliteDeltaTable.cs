using System.Text.Json;
using Attribution.Core.Values;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The table of waiting deltas.</summary>
internal static class SqliteDeltaTable
{
    /// <summary>Inserts one delta per brand.</summary>
    public static void Insert(SqliteSession session, List<(string Brand, byte[] Sums)> deltas, Timestamp at)
    {
        var insert = session["INSERT INTO deltas (brand, at, sums) VALUES (?, ?, ?)"];
        foreach (var (brand, sums) in deltas) insert.Bind(1, brand).Bind(2, at.UnixMilliseconds).Bind(3, sums).Run();
    }

    /// <summary>Returns the time of the oldest delta of any brand; null if none waits.</summary>
    public static Timestamp? ReadOldest(SqliteSession session)
    {
        var select = session["SELECT at FROM deltas ORDER BY seq LIMIT 1"];
        Timestamp? oldest = select.Step() ? select.Timestamp(0) : null;
        select.Reset();
        return oldest;
    }

    /// <summary>
    /// Counts the oldest waiting deltas by brand, except those of some brands. The result is only a plan: the fold
    /// reads the deltas again under the lock.
    /// </summary>
    public static List<(string Brand, int Count)> CountOldestByBrand(
        SqliteSession session, int limit, List<string> exceptBrands)
    {
        var brands = new List<(string, int)>();
        var select = session[
            "SELECT brand, COUNT(*) FROM (SELECT brand FROM deltas WHERE brand NOT IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?) "
            + "GROUP BY brand ORDER BY brand"]
            .Bind(1, JsonSerializer.Serialize(exceptBrands)).Bind(2, limit);
        while (select.Step()) brands.Add((select.Text(0), (int)select.Int64(1)));
        return brands;
    }
}
