using Attribution.Storage.Codecs;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.DataSets;

/// <summary>Data sets in SQLite.</summary>
internal sealed class SqliteDataSetStore(SqliteStoreContext context) : IDataSetStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredDataSet>> ListDataSetsAsync(string kind, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<StoredDataSet>>(
            session =>
            {
                var found = new List<StoredDataSet>();
                var select = session[
                    "SELECT number, version, applied, sealed_before, completed_at, journeys, orders, sealed_orders "
                    + "FROM data_sets WHERE kind = ? ORDER BY number"].Bind(1, kind);
                while (select.Step())
                    found.Add(new(
                        kind, (int)select.Int64(0), select.Text(1), select.IsNull(2) ? null : select.Int64(2), select.Timestamp(3),
                        select.IsNull(4) ? null : new(select.Timestamp(4), select.Int64(5), select.Int64(6), select.Int64(7))));
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadContentAsync(string kind, int number, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var select = session["SELECT content FROM data_sets WHERE kind = ? AND number = ?"].Bind(1, kind).Bind(2, number);
                var content = select.Step() ? select.Blob(0).ToArray() : null;
                select.Reset();
                return content;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> ApplyDataSetAsync(DataSetChange change, CancellationToken cancellation)
    {
        var deltas = MeasureCodec.EncodeByBrand(change.Deltas, new DocumentWriter());
        return await context.Database.WriteAsync(
            session =>
            {
                var agreed = session["SELECT value FROM meta WHERE key = 'formats'"];
                var versions = FormatVersions.Parse(agreed.Step() ? agreed.Text(0) : "");
                agreed.Reset();
                if (versions[change.Kind] < change.Number || SqliteMeta.ReadCatalogVersion(session) != change.ExpectedVersion) return false;
                var applied = session[
                    "UPDATE data_sets SET applied = ?, sealed_before = ? WHERE kind = ? AND number = ? "
                    + "AND number > (SELECT MAX(number) FROM data_sets WHERE kind = ? AND applied IS NOT NULL)"]
                    .Bind(1, change.ExpectedVersion + 1).Bind(2, change.SealedBefore.UnixMilliseconds)
                    .Bind(3, change.Kind).Bind(4, change.Number).Bind(5, change.Kind).Run();
                if (applied == 0) return false;
                session["UPDATE meta SET value = ? WHERE key = 'catalog_version'"].Bind(1, change.ExpectedVersion + 1).Run();
                SqliteRollupTable.InsertDeltas(session, deltas, change.At);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteDataSetAsync(
        string kind, int number, DataSetOutcome outcome, CancellationToken cancellation) =>
        await context.Database.WriteAsync(
            session => session["UPDATE data_sets SET completed_at = ?, journeys = ?, orders = ?, sealed_orders = ? WHERE kind = ? AND number = ?"]
                .Bind(1, outcome.At.UnixMilliseconds).Bind(2, outcome.Journeys).Bind(3, outcome.Orders).Bind(4, outcome.SealedOrders)
                .Bind(5, kind).Bind(6, number).Run(),
            cancellation);
}
