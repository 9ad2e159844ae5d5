using Attribution.Core.Journeys;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Rollups;

/// <summary>Reconciliation of rollups in SQLite.</summary>
internal sealed class SqliteReconciliationStore(SqliteStoreContext context) : IReconciliationStore
{
    /// <inheritdoc/>
    public async ValueTask<(MeasureSums Sums, long CatalogVersion, long Generation)> ReadForReconciliationAsync(
        Action<Journey> onJourney, BrandFaults faults, CancellationToken cancellation) =>
        // The duration grows with the store, so the read uses its own connection and thread.
        await Task.Run(
            () => context.Database.ReadOnOwnConnection(
                session =>
                {
                    var sums = SqliteRecordedMeasures.Sum(session, faults);
                    var journeys = session["SELECT brand, doc FROM journeys WHERE merged_into IS NULL"];
                    while (journeys.Step())
                    {
                        cancellation.ThrowIfCancellationRequested();
                        faults.Try(journeys.Text(0), () => onJourney(JourneyCodec.Decode(journeys.Blob(1))));
                    }
                    return (sums, SqliteMeta.ReadCatalogVersion(session), SqliteMeta.ReadGeneration(session));
                }),
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<int> RepairSumsAsync(BrandFaults faults, CancellationToken cancellation)
    {
        var seasons = await context.Database.ReadAsync(
            session =>
            {
                var found = new List<(string Brand, int First)>();
                var select = session[string.Join(" UNION ", RollupLayout.AllTables.Select(
                    table => $"SELECT DISTINCT brand, day - day % {SqliteRollupTable.SeasonDays} FROM {SqliteRollupTable.TableName(table)}"))];
                while (select.Step()) found.Add((select.Text(0), (int)select.Int64(1)));
                return found;
            },
            cancellation);
        var repaired = 0;
        foreach (var (brand, first) in seasons)
        {
            cancellation.ThrowIfCancellationRequested();
            await faults.TryAsync(brand, async () =>
            {
                // Checked in a read first, so that writers wait only if something has to be repaired.
                if (await context.Database.ReadAsync(session => FindWrongSums(session, brand, first).Count > 0, cancellation))
                    repaired += await context.Database.WriteAsync(
                        session => RepairSums(session, FindWrongSums(session, brand, first)), cancellation);
            });
        }

        return repaired;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AppendCorrectionAsync(
        MeasureSums deltas, long? generation, Timestamp at, CancellationToken cancellation)
    {
        var documents = MeasureCodec.EncodeByBrand(deltas, new DocumentWriter());
        return await context.Database.WriteAsync(
            session =>
            {
                if (generation is { } seen && seen != SqliteMeta.ReadGeneration(session)) return false;
                SqliteRollupTable.InsertDeltas(session, documents, at);
                return true;
            },
            cancellation);
    }

    /// <summary>
    /// Finds the precomputed sums of a season that differ from their rollups, with the correct values; null for a row
    /// to be removed.
    /// </summary>
    private static List<(RollupTable Table, RollupKey Key, MeasureCell? Correct)> FindWrongSums(
        SqliteSession session, string brand, int first)
    {
        var correct = RollupLayout.AllTables.Where(table => table != RollupTable.Days)
            .Select(table => (Table: table, Sums: new MeasureSums()))
            .ToList();
        foreach (var (key, cell) in ReadCells(RollupTable.Days))
            foreach (var (table, sums) in correct)
                sums[RollupLayout.RowKeyFor(table, key)].Add(cell);

        var wrong = new List<(RollupTable, RollupKey, MeasureCell?)>();
        foreach (var (table, sums) in correct)
        {
            // A season is kept even if its days cancel out or no longer exist.
            var mayBeZero = table == RollupTable.Seasons;
            if (!mayBeZero) sums.DropZeros();
            foreach (var (key, cell) in ReadCells(table))
            {
                var exists = sums.Cells.ContainsKey(key);
                if (exists ? !cell.HasSameValuesAs(sums[key]) : !(mayBeZero && cell.IsZero))
                    wrong.Add((table, key, exists ? sums[key] : mayBeZero ? new() : null));
                sums.Remove(key);
            }

            wrong.AddRange(sums.Cells.Select(missing => (table, missing.Key, (MeasureCell?)missing.Value)));
        }
        return wrong;

        IEnumerable<(RollupKey Key, MeasureCell Cell)> ReadCells(RollupTable table)
        {
            var last = Math.Min(first + SqliteRollupTable.SeasonDays - 1, DateOnly.MaxValue.DayNumber);
            var scan = new RollupScan(table, DateOnly.FromDayNumber(first), DateOnly.FromDayNumber(last));
            var rows = SqliteRollupTable.SelectRows(session, brand, scan);
            while (rows.Step())
                yield return (new RollupKey(brand, rows.Day(0), rows.Text(1), rows.Text(2)), MeasureCodec.DecodeCell(rows.Blob(3)));
        }
    }

    private static int RepairSums(
        SqliteSession session, List<(RollupTable Table, RollupKey Key, MeasureCell? Correct)> wrong)
    {
        var documents = new DocumentWriter();
        foreach (var (table, key, correct) in wrong) SqliteRollupTable.PutCell(session, table, key, correct, documents);
        return wrong.Count;
    }
}
