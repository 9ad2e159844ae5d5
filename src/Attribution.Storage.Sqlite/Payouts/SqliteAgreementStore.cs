using Attribution.Core.Payouts;
using Attribution.Storage.Codecs;
using Attribution.Storage.Payouts;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Payouts;

/// <summary>Agreements that are settled per period, in SQLite.</summary>
internal sealed class SqliteAgreementStore(SqliteStoreContext context) : IAgreementStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> FindUnsettledAgreementsAsync(
        int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<AgreementKey>>(
            session => ReadKeys(session["SELECT brand, agreement FROM agreement_books WHERE revision <> reckoned LIMIT ?"].Bind(1, limit)),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgreementKey>> ListAgreementsAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<AgreementKey>>(
            session => ReadKeys(session["SELECT brand, agreement FROM agreement_books"]), cancellation);

    /// <inheritdoc/>
    public ValueTask<AgreementState> ReadAgreementAsync(AgreementKey agreement, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT revision, reckoned, booking FROM agreement_books WHERE brand = ? AND agreement = ?"]
                    .Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                var (revision, settled, number) = select.Step() ? (select.Int64(0), select.Int64(1), select.Int64(2)) : (0, 0, 0);
                select.Reset();
                var accruals = new List<PeriodAccrual>();
                var rows = session[
                    "SELECT key, at, day, kind, net, micros, commission FROM accruals WHERE brand = ? AND agreement = ? ORDER BY key"]
                    .Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                while (rows.Step())
                    accruals.Add(new()
                    {
                        Brand = agreement.Brand,
                        Agreement = agreement.Agreement,
                        Key = rows.Text(0),
                        At = rows.Timestamp(1),
                        Day = rows.Day(2),
                        Kind = (AccrualKind)rows.Int64(3),
                        Net = rows.Int64(4),
                        Micros = rows.Int64(5),
                        Commission = rows.Int64(6),
                    });
                var adjustments = session[
                    SqliteAccrualTable.AdjustmentColumns
                    + " WHERE brand = ? AND agreement = ? ORDER BY period, day, reason, campaign, creator"]
                    .Bind(1, agreement.Brand).Bind(2, agreement.Agreement);
                return new AgreementState(agreement, revision, settled, number, accruals, SqliteAccrualTable.ReadAdjustments(adjustments));
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> CommitSettlementAsync(SettlementCommit change, CancellationToken cancellation)
    {
        var deltas = MeasureCodec.EncodeByBrand(change.Deltas, new DocumentWriter());
        var (brand, agreement) = change.ReadState.Key;
        return await context.Database.WriteAsync(
            session =>
            {
                if (SqliteMeta.ReadCatalogVersion(session) > change.CatalogVersion) return false;
                // A rebuild in between has incremented the revision, so the agreement will be settled again after this
                // settlement.
                session[
                    "INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?, ?, 0, 0, 0) "
                    + "ON CONFLICT DO NOTHING"]
                    .Bind(1, brand).Bind(2, agreement).Run();
                var update = session[
                    "UPDATE agreement_books SET reckoned = ?3, booking = booking + 1 WHERE brand = ?1 AND agreement = ?2 AND booking = ?4"];
                update.Bind(1, brand).Bind(2, agreement).Bind(3, change.ReadState.Revision).Bind(4, change.ReadState.SettlementNumber);
                if (update.Run() == 0) return false;
                session["DELETE FROM adjustments WHERE brand = ? AND agreement = ?"]
                    .Bind(1, brand).Bind(2, agreement).Run();
                var insert = session[
                    "INSERT INTO adjustments (brand, agreement, period, day, reason, campaign, creator, amount) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"];
                foreach (var line in change.Adjustments)
                    insert.Bind(1, brand).Bind(2, agreement)
                        .Bind(3, line.Adjustment.Period).Bind(4, line.Adjustment.Day.DayNumber).Bind(5, (int)line.Adjustment.Reason)
                        .Bind(6, line.Placement.Campaign).Bind(7, line.Placement.Creator).BindWide(8, line.Adjustment.Amount).Run();
                context.LedgerTable.Insert(session, change.Ledger);
                SqliteRollupTable.InsertDeltas(session, deltas, change.At);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReplaceAccrualsAsync(
        AgreementState read, IReadOnlyCollection<PeriodAccrual> right, CancellationToken cancellation) =>
        context.Database.WriteAsync(
            session =>
            {
                var (brand, agreement) = read.Key;
                var update = session[
                    "INSERT INTO agreement_books (brand, agreement, revision, reckoned, booking) VALUES (?1, ?2, 1, 0, 0) "
                    + "ON CONFLICT DO UPDATE SET revision = revision + 1 WHERE revision = ?3"];
                if (update.Bind(1, brand).Bind(2, agreement).Bind(3, read.Revision).Run() == 0) return false;
                session["DELETE FROM accruals WHERE brand = ? AND agreement = ?"]
                    .Bind(1, brand).Bind(2, agreement).Run();
                foreach (var accrual in right) SqliteAccrualTable.Put(session, accrual);
                return true;
            },
            cancellation);

    private static List<AgreementKey> ReadKeys(SqliteStatement select)
    {
        var keys = new List<AgreementKey>();
        while (select.Step()) keys.Add(new(select.Text(0), select.Text(1)));
        return keys;
    }
}
