using System.Globalization;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// Lines are appended by commits, and only read here. Whether its days were closed is written with a line: an index of those that restate
// something holds few of many.
public sealed partial class SqliteStore
{
    private const string LedgerColumns =
        "SELECT conversion, campaign, creator, order_day, entry_day, amount, micros, commission, reason, caused_by, recorded_at";

    private const string RestatementPredicate =
        " FROM ledger WHERE restates <> 0 AND brand = ?1 AND recorded_at >= ?2 AND recorded_at < ?3 AND restates & ?4 "
        + "AND (?5 IS NULL OR campaign = ?5) AND (?6 IS NULL OR creator = ?6) ";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string brand, string conversion, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<LedgerEntry>>(session => ReadLines(session, brand, conversion), cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (recorded, seq) = ParseRestatementCursor(cursor);
        return database.ReadAsync<(IReadOnlyList<Restatement>, string?)>(
            session =>
            {
                var select = Bind(session[
                    LedgerColumns + ", (SELECT at FROM closed_days WHERE brand = ?1 AND through >= iif(?4 = 1, order_day, entry_day) ORDER BY through LIMIT 1), seq"
                    + RestatementPredicate + "AND (recorded_at, seq) > (?7, ?8) ORDER BY recorded_at, seq LIMIT ?9"], query);
                select.Bind(7, recorded).Bind(8, seq).Bind(9, limit + 1L);
                var restatements = new List<Restatement>();
                var last = "";
                while (select.Step())
                {
                    if (restatements.Count == limit)
                    {
                        select.Reset();
                        return (restatements, last);
                    }
                    restatements.Add(new Restatement(ReadLine(select, query.Brand), new Timestamp(select.Int64(11))));
                    last = string.Create(CultureInfo.InvariantCulture, $"{select.Int64(10)}.{select.Int64(12)}");
                }
                return (restatements, null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(RestatementFilter query, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<RestatementSum>>(
            session =>
            {
                var sums = new List<RestatementSum>();
                var select = Bind(session[
                    "SELECT reason, campaign, creator, COUNT(*), SUM(amount), SUM(micros), SUM(commission)" + RestatementPredicate
                    + "GROUP BY reason, campaign, creator ORDER BY reason, campaign, creator"], query);
                while (select.Step())
                    sums.Add(new RestatementSum(
                        (LedgerReason)select.Int64(0), new Placement(select.Text(1), select.Text(2)), select.Int64(3), select.Int64(4), select.Int64(5), select.Int64(6)));
                return sums;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ConversionSum>>(
            session =>
            {
                var sums = new List<ConversionSum>();
                var select = session[
                    "SELECT conversion, order_day, SUM(amount) AS net, SUM(micros) AS share, SUM(commission) AS paid FROM ledger "
                    + "WHERE brand = ?1 AND order_day BETWEEN ?2 AND ?3 AND (?4 IS NULL OR campaign = ?4) AND (?5 IS NULL OR creator = ?5) "
                    + "AND (conversion GLOB 'o:*' OR conversion GLOB 'n:*') GROUP BY conversion, order_day HAVING net <> 0 OR share <> 0 OR paid <> 0 ORDER BY conversion, order_day"];
                select.Bind(1, brand).Bind(2, from.DayNumber).Bind(3, to.DayNumber).Bind(4, campaign).Bind(5, creator);
                while (select.Step()) sums.Add(new ConversionSum(select.Text(0), DateOnly.FromDayNumber((int)select.Int64(1)), select.Int64(2), select.Int64(3), select.Int64(4)));
                return sums;
            },
            cancellation);

    private static SqliteStatement Bind(SqliteStatement select, RestatementFilter query) =>
        select.Bind(1, query.Brand).Bind(2, query.From.UnixMilliseconds).Bind(3, query.To.UnixMilliseconds).Bind(4, (int)query.Day)
            .Bind(5, query.Campaign).Bind(6, query.Creator);

    private static (long Recorded, long Seq) ParseRestatementCursor(string? cursor)
    {
        if (cursor is null) return (long.MinValue, long.MinValue);
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var recorded)
            && long.TryParse(cursor.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? (recorded, seq)
            : throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
    }

    private List<LedgerEntry> ReadLines(SqliteSession session, string brand, string conversion)
    {
        var entries = new List<LedgerEntry>();
        // The plus keeps SQLite from going by the brand, which all lines may have.
        var select = session[LedgerColumns + " FROM ledger WHERE seq IN (SELECT line FROM ledger_conversions WHERE hash = ?) AND +brand = ? AND conversion = ? ORDER BY seq"]
            .Bind(1, hash.Compute(new AliasKey(brand, conversion)).Hash).Bind(2, brand).Bind(3, conversion);
        while (select.Step()) entries.Add(ReadLine(select, brand));
        return entries;
    }

    private static LedgerEntry ReadLine(SqliteStatement row, string brand) => new()
    {
        Brand = brand,
        Conversion = row.Text(0),
        Placement = new Placement(row.Text(1), row.Text(2)),
        OrderDay = DateOnly.FromDayNumber((int)row.Int64(3)),
        EntryDay = DateOnly.FromDayNumber((int)row.Int64(4)),
        Amount = row.Int64(5),
        Micros = row.Int64(6),
        Commission = row.Int64(7),
        Reason = (LedgerReason)row.Int64(8),
        CausedBy = row.Text(9),
        RecordedAt = new Timestamp(row.Int64(10)),
    };
}
