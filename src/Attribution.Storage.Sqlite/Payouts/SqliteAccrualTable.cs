using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Payouts;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Payouts;

/// <summary>The tables of accruals, agreements and booked adjustments.</summary>
internal static class SqliteAccrualTable
{
    private const string Columns = "brand, agreement, key, at, day, kind, net, micros, commission";

    /// <summary>The start of a query whose rows <see cref="ReadAdjustments"/> reads.</summary>
    public const string AdjustmentColumns =
        "SELECT brand, agreement, period, day, reason, campaign, creator, amount FROM adjustments";

    /// <summary>Writes the accruals of a commit and increments the revisions of their agreements.</summary>
    public static void Write(SqliteSession session, JourneyCommit commit)
    {
        var delete = session["DELETE FROM accruals WHERE brand = ? AND agreement = ? AND key = ?"];
        foreach (var (brand, agreement, key) in commit.RemovedAccruals)
            delete.Bind(1, brand).Bind(2, agreement).Bind(3, key).Run();
        foreach (var accrual in commit.Accruals) Put(session, accrual);
        foreach (var (brand, agreement) in commit.FindChangedAgreements()) RaiseRevision(session, brand, agreement);
    }

    /// <summary>Inserts or replaces an accrual.</summary>
    public static void Put(SqliteSession session, PeriodAccrual accrual) =>
        session[$"INSERT OR REPLACE INTO accruals ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"]
            .Bind(1, accrual.Brand).Bind(2, accrual.Agreement).Bind(3, accrual.Key)
            .Bind(4, accrual.At.UnixMilliseconds).Bind(5, accrual.Day.DayNumber)
            .Bind(6, (int)accrual.Kind).Bind(7, accrual.Net).Bind(8, accrual.Micros).Bind(9, accrual.Commission).Run();

    private static void RaiseRevision(SqliteSession session, string brand, string agreement) =>
        session[
            "INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?, ?, 1, 0, 0) "
            + "ON CONFLICT DO UPDATE SET revision = revision + 1"]
            .Bind(1, brand).Bind(2, agreement).Run();

    /// <summary>Replaces all accruals with those of a rebuild, and marks every agreement as unsettled.</summary>
    public static void ReplaceAll(SqliteSession from, SqliteSession to)
    {
        to["DELETE FROM accruals"].Run();
        var insert = to[$"INSERT INTO accruals ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        var select = from[$"SELECT {Columns} FROM accruals"];
        while (select.Step())
        {
            insert.BindText(1, select.Blob(0)).BindText(2, select.Blob(1)).BindText(3, select.Blob(2));
            for (var column = 3; column < 9; column++) insert.Bind(column + 1, select.Int64(column));
            insert.Run();
        }

        to["UPDATE agreement_books SET revision = revision + 1"].Run();
        to[
            "INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) "
            + "SELECT DISTINCT brand, agreement, 1, 0, 0 FROM accruals WHERE true ON CONFLICT DO NOTHING"].Run();
    }

    /// <summary>Adds the measures of all booked adjustments, multiplied by <paramref name="times"/>.</summary>
    public static void AddAdjustments(SqliteSession session, MeasureSums sums, int times)
    {
        foreach (var line in ReadAdjustments(session[AdjustmentColumns])) sums.Add(line, times);
    }

    /// <summary>Reads rows.</summary>
    public static List<BookedAdjustment> ReadAdjustments(SqliteStatement select)
    {
        var lines = new List<BookedAdjustment>();
        while (select.Step())
            lines.Add(new(
                select.Text(0), select.Text(1), new Placement(select.Text(5), select.Text(6)),
                new Adjustment(select.Text(2), select.Day(3), (LedgerReason)select.Int64(4), select.Wide(7))));
        return lines;
    }
}
