using System.Globalization;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Storage.Export;
using Attribution.Storage.Ledger;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Ledger;

/// <summary>The ledger in SQLite.</summary>
internal sealed class SqliteLedgerStore(SqliteStoreContext context) : ILedgerStore
{
    private const string RestatementPredicate =
        " FROM ledger WHERE restates <> 0 AND brand = ?1 AND recorded_at >= ?2 AND recorded_at < ?3 AND restates & ?4 "
        + "AND (?5 IS NULL OR campaign = ?5) AND (?6 IS NULL OR creator = ?6) ";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(
        string brand, string conversion, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<LedgerEntry>>(
            session => context.LedgerTable.ReadLines(session, brand, conversion), cancellation);

    /// <inheritdoc/>
    public ValueTask<LedgerPage> ReadLedgerPageAsync(
        string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var from = after is null ? 0 : ExportCursor.ParseNumber(after);
        return context.Database.ReadAsync(
            session =>
            {
                var last = session["SELECT MAX(seq) FROM ledger"].ReadSingleInt64();
                if (from > last) throw ExportCursor.AheadOfStore(after);
                var entries = new List<NumberedLedgerEntry>();
                // The plus sign keeps SQLite from sorting all entries of the brand for each page.
                var select = session[
                    SqliteLedgerTable.Columns + ", seq, restates FROM ledger WHERE seq > ?1 AND +brand = ?2 ORDER BY seq LIMIT ?3"]
                    .Bind(1, from).Bind(2, brand).Bind(3, limit);
                while (select.Step())
                {
                    var restates = select.Int64(12);
                    entries.Add(new NumberedLedgerEntry(
                        select.Int64(11),
                        SqliteLedgerTable.ReadLine(select, brand),
                        (restates & (int)RestatedDay.OrderDay) != 0,
                        (restates & (int)RestatedDay.EntryDay) != 0));
                }

                // On the last page the cursor also skips the entries of other brands.
                var isLast = entries.Count < limit;
                return new LedgerPage(entries, ExportCursor.Format(isLast ? last : entries[^1].Number), !isLast);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<string> ReadLedgerEndAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => ExportCursor.Format(session["SELECT MAX(seq) FROM ledger"].ReadSingleInt64()), cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (recorded, seq) = ParseRestatementCursor(cursor);
        return context.Database.ReadAsync<(IReadOnlyList<Restatement>, string?)>(
            session =>
            {
                var select = Bind(session[
                    SqliteLedgerTable.Columns
                    + ", (SELECT at FROM closed_days WHERE brand = ?1 AND through >= iif(?4 = 1, order_day, entry_day) ORDER BY through LIMIT 1), seq"
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
                    restatements.Add(new Restatement(SqliteLedgerTable.ReadLine(select, query.Brand), select.Timestamp(11)));
                    last = string.Create(CultureInfo.InvariantCulture, $"{select.Int64(10)}.{select.Int64(12)}");
                }
                return (restatements, null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(
        RestatementFilter query, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<RestatementSum>>(
            session =>
            {
                var sums = new List<RestatementSum>();
                var select = Bind(session[
                    $"SELECT reason, campaign, creator, COUNT(*), SUM(micros), {SqliteStatement.SumOf("amount")}, {SqliteStatement.SumOf("commission")}"
                    + RestatementPredicate
                    + "GROUP BY reason, campaign, creator ORDER BY reason, campaign, creator"], query);
                while (select.Step())
                    sums.Add(new RestatementSum(
                        (LedgerReason)select.Int64(0), new Placement(select.Text(1), select.Text(2)),
                        select.Int64(3), select.Sum(5), select.Int64(4), select.Sum(7)));
                return sums;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<ConversionSum>>(
            session =>
            {
                var sums = new List<ConversionSum>();
                var select = session[
                    "SELECT conversion, order_day, SUM(amount) AS net, SUM(micros) AS share, SUM(commission) AS paid FROM ledger "
                    + "WHERE brand = ?1 AND order_day BETWEEN ?2 AND ?3 AND (?4 IS NULL OR campaign = ?4) AND (?5 IS NULL OR creator = ?5) "
                    + "AND (conversion GLOB 'o:*' OR conversion GLOB 'n:*') GROUP BY conversion, order_day "
                    + "HAVING net <> 0 OR share <> 0 OR paid <> 0 ORDER BY conversion, order_day"];
                select.Bind(1, brand).Bind(2, from.DayNumber).Bind(3, to.DayNumber).Bind(4, campaign).Bind(5, creator);
                while (select.Step())
                    sums.Add(new ConversionSum(select.Text(0), select.Day(1), select.Int64(2), select.Int64(3), select.Int64(4)));
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
            : throw new ArgumentException("Invalid cursor: this list did not return it.", nameof(cursor));
    }
}
