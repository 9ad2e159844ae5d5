using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Rollups;
using Attribution.Storage.Sqlite.Catalog;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;
using Attribution.Storage.Sqlite.Payouts;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Rebuilds;

/// <summary>
/// The swap at the end of a rebuild, within one transaction of the serving store. Rows are copied one by one: in memory
/// are one journey at a time, and the measures by key.
/// </summary>
internal sealed class SqliteRebuildSwap(
    SqliteStoreContext serving, SqliteStoreContext scratch, RebuildSwap swap, SqliteSession session, CancellationToken cancellation)
{
    private readonly MeasureSums missing = new();
    private long conversions;
    private long lines;

    /// <summary>
    /// Performs the swap. Returns null, without writing anything, if the serving store's catalog has changed.
    /// </summary>
    public RebuildOutcome? Run()
    {
        if (SqliteMeta.FindRebuild(session, swap.Run) is { } earlier) return earlier;
        if (SqliteMeta.ReadCatalogVersion(session) != swap.CatalogVersion) return null;
        ReplayLastPacks();
        missing.Add(swap.Costs);
        ReplaceJourneys();
        ReverseRemovedConversions();

        var faults = new BrandFaults();
        missing.Add(SqliteRecordedMeasures.Sum(session, faults), -1);
        faults.ThrowIfAny();
        SqliteRollupTable.InsertDeltas(session, MeasureCodec.EncodeByBrand(missing.DropZeros(), new DocumentWriter()), swap.At);
        session["UPDATE meta SET value = value + 1 WHERE key = 'generation'"].Run();
        var outcome = new RebuildOutcome(conversions, lines, missing.Cells.Count);
        SqliteMeta.RecordRebuild(session, swap.Run, outcome);
        return outcome;
    }

    // The write lock is held. The scratch store is another file, so waiting for it is only waiting for its disk.
    private void ReplayLastPacks()
    {
        while (SqlitePackReader.ReadAfter(session, FindLastPack()) is { Count: > 0 } packs)
            swap.Replay(packs).GetAwaiter().GetResult();

        Guid? FindLastPack() => scratch.Database.ReadAsync(SqlitePackReader.FindLast, cancellation).AsTask().GetAwaiter().GetResult();
    }

    private void ReplaceJourneys()
    {
        session["DELETE FROM journeys"].Run();
        scratch.Database.ReadOnOwnConnection(
            rebuilt =>
            {
                SqliteAliasIndex.ReplaceAll(rebuilt, session, cancellation);
                CopyJourneys(rebuilt);
                SqliteAccrualTable.ReplaceAll(rebuilt, session);
                SqliteJourneyWriter.MarkMatched(session, SqliteCatalogTable.ReadMatchedItems(rebuilt));
                return true;
            });
    }

    /// <summary>Copies journeys, including tombstones, and compares the live ones with the ledger.</summary>
    private void CopyJourneys(SqliteSession rebuilt)
    {
        const string Columns = "seq, id, version, catalog_version, brand, converted_on, merged_into, doc";
        var insert = session[$"INSERT INTO journeys ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"];
        var select = rebuilt[$"SELECT {Columns} FROM journeys ORDER BY seq"];
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            insert.Bind(1, select.Int64(0)).Bind(2, select.Blob(1)).Bind(3, select.Int64(2)).Bind(4, select.Int64(3)).BindText(5, select.Blob(4))
                .Bind(6, select.Int64OrNull(5)).Bind(7, select.Int64OrNull(6)).Bind(8, select.Blob(7)).Run();
            if (!select.IsNull(6)) continue;
            var journey = JourneyCodec.Decode(select.Blob(7));
            missing.Add(journey, 1);
            foreach (var (conversion, expected) in RebuiltLedger.ExpectedEntries(journey, swap.At))
                AppendDifference(journey.Brand, conversion, expected);
        }
    }

    /// <summary>Reverses the ledger entries of conversions that no journey has any more.</summary>
    private void ReverseRemovedConversions()
    {
        // A conversion's key is also its alias, so a key without an alias belongs to no journey. Entries appended
        // meanwhile are skipped.
        var next = session["SELECT seq, brand, conversion FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1"];
        var (line, last) = (0L, session["SELECT MAX(seq) FROM ledger"].ReadSingleInt64());
        while (next.Bind(1, line).Bind(2, last).Step())
        {
            cancellation.ThrowIfCancellationRequested();
            (line, var brand, var conversion) = (next.Int64(0), next.Text(1), next.Text(2));
            next.Reset();
            if (IdentityRules.IsConversionKey(conversion) && serving.Aliases.Find(session, new AliasKey(brand, conversion)) is null)
                AppendDifference(brand, conversion, []);
        }
    }

    private void AppendDifference(string brand, string conversion, IEnumerable<LedgerEntry> expected)
    {
        var recorded = serving.LedgerTable.ReadLines(session, brand, conversion);
        var difference = LedgerDifference.Between(recorded, expected, RebuiltLedger.CauseFor(swap.Run), swap.At).ToList();
        if (difference.Count == 0) return;
        serving.LedgerTable.Insert(session, difference);
        conversions++;
        lines += difference.Count;
    }
}
