using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Payouts;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

// Accruals are written by commits; each raises the revision of its agreement, and a booking notes the revision it was reckoned of.
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<AgreementKey>>(session => ReadAgreementKeys(session["SELECT brand, agreement FROM agreement_books WHERE revision <> reckoned LIMIT ?"].Bind(1, limit)), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<AgreementKey>>(session => ReadAgreementKeys(session["SELECT brand, agreement FROM agreement_books"]), cancellation);

    /// <inheritdoc/>
    public ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var book = session["SELECT revision, reckoned, booking FROM agreement_books WHERE brand = ? AND agreement = ?"].Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                var (revision, reckoned, booking) = book.Step() ? (book.Int64(0), book.Int64(1), book.Int64(2)) : (0, 0, 0);
                book.Reset();
                var accruals = new List<PeriodAccrual>();
                var rows = session["SELECT key, at, day, kind, net, micros, commission FROM accruals WHERE brand = ? AND agreement = ? ORDER BY key"]
                    .Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                while (rows.Step())
                    accruals.Add(new()
                    {
                        Brand = agreement.Brand,
                        Agreement = agreement.Agreement,
                        Key = rows.Text(0),
                        At = new Timestamp(rows.Int64(1)),
                        Day = DateOnly.FromDayNumber((int)rows.Int64(2)),
                        Kind = (AccrualKind)rows.Int64(3),
                        Net = rows.Int64(4),
                        Micros = rows.Int64(5),
                        Commission = rows.Int64(6),
                    });
                var lines = session[AdjustmentColumns + " WHERE brand = ? AND agreement = ? ORDER BY period, day, reason, campaign, creator"].Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                return new AgreementState(agreement, revision, reckoned, booking, accruals, ReadAdjustments(lines));
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation)
    {
        var deltas = MeasureCodec.EncodeByBrand(change.Deltas, new DocumentWriter());
        var (brand, agreement) = change.ReadState.Key;
        return await database.WriteAsync(
            session =>
            {
                if (ReadCatalogVersion(session) > change.CatalogVersion) return false;
                // A rebuild in between has raised the revision: what was reckoned of the old accruals is booked, and reckoned again.
                session["INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?, ?, 0, 0, 0) ON CONFLICT DO NOTHING"].Bind(1, brand).Bind(2, agreement).Run();
                if (session["UPDATE agreement_books SET reckoned = ?3, booking = booking + 1 WHERE brand = ?1 AND agreement = ?2 AND booking = ?4"]
                        .Bind(1, brand).Bind(2, agreement).Bind(3, change.ReadState.Revision).Bind(4, change.ReadState.SettlementNumber).Run() == 0)
                    return false;
                session["DELETE FROM adjustments WHERE brand = ? AND agreement = ?"].Bind(1, brand).Bind(2, agreement).Run();
                var insert = session["INSERT INTO adjustments (brand, agreement, period, day, reason, campaign, creator, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"];
                foreach (var line in change.Adjustments)
                    insert.Bind(1, brand).Bind(2, agreement).Bind(3, line.Adjustment.Period).Bind(4, line.Adjustment.Day.DayNumber).Bind(5, (int)line.Adjustment.Reason)
                        .Bind(6, line.Placement.Campaign).Bind(7, line.Placement.Creator).Bind(8, line.Adjustment.Amount).Run();
                InsertLedger(session, change.Ledger);
                InsertDeltas(session, deltas, change.At);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReplaceAccrualsAsync(AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                if (session["INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?1, ?2, 1, 0, 0) ON CONFLICT DO UPDATE SET revision = revision + 1 WHERE revision = ?3"]
                        .Bind(1, read.Key.Brand).Bind(2, read.Key.Agreement).Bind(3, read.Revision).Run() == 0)
                    return false;
                session["DELETE FROM accruals WHERE brand = ? AND agreement = ?"].Bind(1, read.Key.Brand).Bind(2, read.Key.Agreement).Run();
                foreach (var accrual in right) PutAccrual(session, accrual);
                return true;
            },
            cancellation);

    private const string AdjustmentColumns = "SELECT brand, agreement, period, day, reason, campaign, creator, amount FROM adjustments";

    private static void WriteAccruals(SqliteSession session, JourneyCommit commit)
    {
        var changed = new HashSet<AgreementKey>();
        foreach (var (brand, agreement, key) in commit.RemovedAccruals)
        {
            session["DELETE FROM accruals WHERE brand = ? AND agreement = ? AND key = ?"].Bind(1, brand).Bind(2, agreement).Bind(3, key).Run();
            changed.Add(new(brand, agreement));
        }

        foreach (var accrual in commit.Accruals)
        {
            PutAccrual(session, accrual);
            changed.Add(new(accrual.Brand, accrual.Agreement));
        }

        foreach (var (brand, agreement) in changed) RaiseRevision(session, brand, agreement);
    }

    private static void PutAccrual(SqliteSession session, PeriodAccrual accrual) =>
        session["INSERT OR REPLACE INTO accruals (brand, agreement, key, at, day, kind, net, micros, commission) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"]
            .Bind(1, accrual.Brand).Bind(2, accrual.Agreement).Bind(3, accrual.Key).Bind(4, accrual.At.UnixMilliseconds).Bind(5, accrual.Day.DayNumber)
            .Bind(6, (int)accrual.Kind).Bind(7, accrual.Net).Bind(8, accrual.Micros).Bind(9, accrual.Commission).Run();

    private static void RaiseRevision(SqliteSession session, string brand, string agreement) =>
        session["INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?, ?, 1, 0, 0) ON CONFLICT DO UPDATE SET revision = revision + 1"]
            .Bind(1, brand).Bind(2, agreement).Run();

    /// <summary>At the end of a rebuild: its accruals in the place of ours, every agreement to be reckoned anew.</summary>
    private static void CopyAccruals(SqliteSession from, SqliteSession to)
    {
        to["DELETE FROM accruals"].Run();
        var insert = to["INSERT INTO accruals (brand, agreement, key, at, day, kind, net, micros, commission) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        var select = from["SELECT brand, agreement, key, at, day, kind, net, micros, commission FROM accruals"];
        while (select.Step())
        {
            insert.BindText(1, select.Blob(0)).BindText(2, select.Blob(1)).BindText(3, select.Blob(2));
            for (var column = 3; column < 9; column++) insert.Bind(column + 1, select.Int64(column));
            insert.Run();
        }

        to["UPDATE agreement_books SET revision = revision + 1"].Run();
        to["INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) SELECT DISTINCT brand, agreement, 1, 0, 0 FROM accruals WHERE true ON CONFLICT DO NOTHING"].Run();
    }

    /// <summary>Adds what the booked adjustments are in the rollups.</summary>
    private static void AddAdjustments(SqliteSession session, MeasureSums sums, int times)
    {
        foreach (var line in ReadAdjustments(session[AdjustmentColumns])) sums.Add(line, times);
    }

    private static List<BookedAdjustment> ReadAdjustments(SqliteStatement select)
    {
        var lines = new List<BookedAdjustment>();
        while (select.Step())
            lines.Add(new(
                select.Text(0), select.Text(1), new Placement(select.Text(5), select.Text(6)),
                new Adjustment(select.Text(2), DateOnly.FromDayNumber((int)select.Int64(3)), (LedgerReason)select.Int64(4), select.Int64(7))));
        return lines;
    }

    private static List<AgreementKey> ReadAgreementKeys(SqliteStatement select)
    {
        var keys = new List<AgreementKey>();
        while (select.Step()) keys.Add(new(select.Text(0), select.Text(1)));
        return keys;
    }
}
