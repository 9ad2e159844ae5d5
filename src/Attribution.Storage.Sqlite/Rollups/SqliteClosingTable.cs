using Attribution.Core.Values;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>The table of closed days.</summary>
internal static class SqliteClosingTable
{
    /// <summary>Returns the last day of a brand that was closed at a time (null: now); null if none was.</summary>
    public static DateOnly? ReadClosedThrough(SqliteSession session, string brand, Timestamp? asOf)
    {
        var select = session["SELECT through FROM closed_days WHERE brand = ? AND at <= ? ORDER BY through DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, asOf?.UnixMilliseconds ?? long.MaxValue);
        DateOnly? through = select.Step() ? select.Day(0) : null;
        select.Reset();
        return through;
    }

    /// <summary>Returns a brand's last closing; null if there is none.</summary>
    public static DayClosing? FindLast(SqliteSession session, string brand)
    {
        var select = session["SELECT through, at FROM closed_days WHERE brand = ? ORDER BY through DESC LIMIT 1"]
            .Bind(1, brand);
        DayClosing? last = select.Step() ? new(select.Day(0), select.Timestamp(1)) : null;
        select.Reset();
        return last;
    }

    /// <summary>Inserts a closing.</summary>
    public static void Insert(SqliteSession session, string brand, DayClosing closing) =>
        session["INSERT INTO closed_days (brand, through, at) VALUES (?, ?, ?)"]
            .Bind(1, brand).Bind(2, closing.Through.DayNumber).Bind(3, closing.At.UnixMilliseconds).Run();
}
