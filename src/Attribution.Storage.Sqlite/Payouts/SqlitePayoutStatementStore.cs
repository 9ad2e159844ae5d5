using System.Collections.Immutable;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Storage.Payouts;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Payouts;

/// <summary>Payout statements, payments and approvals in SQLite.</summary>
internal sealed class SqlitePayoutStatementStore(SqliteStoreContext context) : IPayoutStatementStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEarningCreatorsAsync(string brand, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                var creators = new List<string>();
                var select = session["SELECT DISTINCT creator FROM ledger WHERE brand = ? AND commission <> 0 ORDER BY creator"]
                    .Bind(1, brand);
                while (select.Step()) creators.Add(select.Text(0));
                return creators;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<CreatorAccount> ReadAccountAsync(
        string brand, string creator, DateOnly through, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var earnings = new List<Earning>();
                var lines = session[
                    "SELECT conversion, campaign, order_day, iif(conversion >= 'a:' AND conversion < 'a;', reason, 0) AS kind, "
                    + SqliteStatement.SumOf("commission") + " FROM ledger WHERE brand = ? AND creator = ? AND commission <> 0 AND entry_day <= ? "
                    + "GROUP BY conversion, campaign, order_day, kind"]
                    .Bind(1, brand).Bind(2, creator).Bind(3, through.DayNumber);
                while (lines.Step())
                {
                    LedgerReason? reason = lines.Int64(3) == 0 ? null : (LedgerReason)lines.Int64(3);
                    earnings.Add(new(lines.Text(0), lines.Text(1), lines.Day(2), reason, lines.Sum(4)));
                }

                // Not summed by SQLite, because a line can be larger than its integers.
                var sums = new Dictionary<(string, string), StatementItemSum>();
                var items = session["SELECT item, campaign, day, amount FROM statement_lines WHERE brand = ? AND creator = ?"]
                    .Bind(1, brand).Bind(2, creator);
                while (items.Step())
                {
                    var line = new StatementItemSum(items.Text(0), items.Text(1), items.Day(2), items.Wide(3));
                    sums[(line.Item, line.Campaign)] = sums.TryGetValue((line.Item, line.Campaign), out var sum)
                        ? sum with { Day = sum.Day > line.Day ? sum.Day : line.Day, Amount = sum.Amount + line.Amount }
                        : line;
                }

                var approvals = ImmutableDictionary.CreateBuilder<(string, string), Approval>();
                var approved = session["SELECT item, campaign, by_name, at FROM approvals WHERE brand = ? AND creator = ?"]
                    .Bind(1, brand).Bind(2, creator);
                while (approved.Step())
                    approvals.Add((approved.Text(0), approved.Text(1)), new(approved.Text(2), approved.Timestamp(3)));

                var (month, carriedForward) = ReadLastStatement(session, brand, creator);
                return new CreatorAccount
                {
                    Creator = creator,
                    Earnings = earnings,
                    StatementSums = [.. sums.Values],
                    Approvals = approvals.ToImmutable(),
                    LastMonth = month,
                    CarriedForward = carriedForward,
                    ClosedThrough = SqliteClosingTable.ReadClosedThrough(session, brand, asOf: null),
                };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> CloseStatementAsync(
        string brand, CreatorAccount read, PayoutStatement statement, ActorStamp by, CancellationToken cancellation) =>
        context.Database.WriteAsync<ClosedPayoutStatement?>(
            session =>
            {
                var lastMonth = ReadLastStatement(session, brand, read.Creator).Month;
                var lastNumber = session["SELECT MAX(number) FROM statements WHERE brand = ?"].Bind(1, brand).ReadSingleInt64();
                if (PayoutStatementClosing.NextNumber(read, lastMonth, lastNumber) is not { } number) return null;
                session[
                    "INSERT INTO statements (brand, number, creator, month, carried_in, carried_out, closed_at, by_name, by_key) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"]
                    .Bind(1, brand).Bind(2, number).Bind(3, read.Creator)
                    .Bind(4, statement.Month.DayNumber).BindWide(5, statement.BroughtForward).BindWide(6, statement.CarriedForward)
                    .Bind(7, by.At.UnixMilliseconds).Bind(8, by.By).Bind(9, by.KeyId).Run();
                var insert = session[
                    "INSERT INTO statement_lines "
                    + "(brand, creator, item, campaign, number, day, agreement, kind, amount, approved_by, approved_at) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
                foreach (var line in statement.Lines)
                    insert.Bind(1, brand).Bind(2, read.Creator).Bind(3, line.Item).Bind(4, line.Campaign).Bind(5, number)
                        .Bind(6, line.Day.DayNumber).Bind(7, line.Agreement).Bind(8, (int)line.Kind).BindWide(9, line.Amount)
                        .Bind(10, line.ApprovedBy).Bind(11, line.ApprovedAt).Run();

                return ReadStatement(session, brand, number);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(
        string brand, string creator, DateOnly month, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT number FROM statements WHERE brand = ? AND creator = ? AND month = ?"]
                    .Bind(1, brand).Bind(2, creator).Bind(3, month.DayNumber);
                var number = select.Step() ? select.Int64(0) : 0;
                select.Reset();
                return ReadStatement(session, brand, number);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(
        string brand, long number, CancellationToken cancellation) =>
        context.Database.ReadAsync(session => ReadStatement(session, brand, number), cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> MarkStatementPaidAsync(
        string brand, long number, ActorStamp by, string? reference, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                session[
                    "INSERT INTO payouts (brand, number, at, by_name, by_key, reference, payment) SELECT ?1, ?2, ?3, ?4, ?5, ?6, "
                    + "(SELECT COALESCE(MAX(payment), 0) + 1 FROM payouts WHERE brand = ?1) FROM statements "
                    + "WHERE brand = ?1 AND number = ?2 ON CONFLICT DO NOTHING"]
                    .Bind(1, brand).Bind(2, number).Bind(3, by.At.UnixMilliseconds).Bind(4, by.By).Bind(5, by.KeyId)
                    .Bind(6, reference).Run();
                return ReadStatement(session, brand, number);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<(long Payment, long Statement)>> ListPaymentsAsync(
        string brand, long after, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<(long, long)>>(
            session =>
            {
                var payments = new List<(long, long)>();
                var select = session["SELECT payment, number FROM payouts WHERE brand = ? AND payment > ? ORDER BY payment LIMIT ?"]
                    .Bind(1, brand).Bind(2, after).Bind(3, limit);
                while (select.Step()) payments.Add((select.Int64(0), select.Int64(1)));
                return payments;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<(long Statement, long Payment)> ReadLastNumbersAsync(string brand, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => (
                session["SELECT COALESCE(MAX(number), 0) FROM statements WHERE brand = ?"].Bind(1, brand).ReadSingleInt64(),
                session["SELECT COALESCE(MAX(payment), 0) FROM payouts WHERE brand = ?"].Bind(1, brand).ReadSingleInt64()),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> ApproveItemsAsync(
        string brand,
        string creator,
        IReadOnlyCollection<(string Item, string Campaign)> items,
        ActorStamp by,
        CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var approved = 0L;
                var insert = session[
                    "INSERT INTO approvals (brand, creator, item, campaign, at, by_name, by_key) VALUES (?, ?, ?, ?, ?, ?, ?) "
                    + "ON CONFLICT DO NOTHING"];
                foreach (var (item, campaign) in items)
                    approved += insert.Bind(1, brand).Bind(2, creator).Bind(3, item).Bind(4, campaign)
                        .Bind(5, by.At.UnixMilliseconds).Bind(6, by.By).Bind(7, by.KeyId).Run();
                return approved;
            },
            cancellation);

    private static (DateOnly? Month, Int128 CarriedForward) ReadLastStatement(
        SqliteSession session, string brand, string creator)
    {
        var select = session["SELECT month, carried_out FROM statements WHERE brand = ? AND creator = ? ORDER BY month DESC LIMIT 1"]
            .Bind(1, brand).Bind(2, creator);
        var last = select.Step() ? (select.Day(0), select.Wide(1)) : ((DateOnly?)null, Int128.Zero);
        select.Reset();
        return last;
    }

    private static ClosedPayoutStatement? ReadStatement(SqliteSession session, string brand, long number)
    {
        var select = session[
            "SELECT s.creator, s.month, s.carried_in, s.closed_at, s.by_name, s.by_key, p.at, p.by_name, p.by_key, p.reference "
            + "FROM statements s LEFT JOIN payouts p ON p.brand = s.brand AND p.number = s.number WHERE s.brand = ? AND s.number = ?"]
            .Bind(1, brand).Bind(2, number);
        if (!select.Step()) return null;
        var (creator, month, broughtForward) = (select.Text(0), select.Day(1), select.Wide(2));
        var closed = new ActorStamp(select.Text(4), select.TextOrNull(5), select.Timestamp(3));
        var paid = select.IsNull(6) ? null : new ActorStamp(select.Text(7), select.TextOrNull(8), select.Timestamp(6));
        var reference = select.TextOrNull(9);
        select.Reset();

        var lines = ImmutableArray.CreateBuilder<PayoutStatementLine>();
        var rows = session[
            "SELECT item, campaign, day, agreement, kind, amount, approved_by, approved_at FROM statement_lines "
            + "WHERE brand = ? AND creator = ? AND number = ? ORDER BY day, item, campaign"]
            .Bind(1, brand).Bind(2, creator).Bind(3, number);
        while (rows.Step())
            lines.Add(new()
            {
                Item = rows.Text(0),
                Campaign = rows.Text(1),
                Day = rows.Day(2),
                Agreement = rows.TextOrNull(3),
                Kind = (StatementLineKind)rows.Int64(4),
                Amount = rows.Wide(5),
                ApprovedBy = rows.Text(6),
                ApprovedAt = rows.TimestampOrNull(7),
            });
        var statement = new PayoutStatement { Month = month, Lines = lines.ToImmutable(), BroughtForward = broughtForward };
        return new(number, creator, statement, closed, paid, reference);
    }
}
