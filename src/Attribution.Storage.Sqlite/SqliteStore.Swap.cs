using Attribution.Core.Identity;
using Attribution.Core.Journeys;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Storage.Codecs;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;

namespace Attribution.Storage.Sqlite;

// The end of a rebuild. Journeys are walked one by one and rows copied as they stand; held is one journey at a time, and the measures by key.
public sealed partial class SqliteStore
{
    internal async ValueTask<RebuildOutcome?> SwapAsync(SqliteStore scratch, RebuildSwap swap, CancellationToken cancellation) =>
        // It takes as long as the store is large, so it leaves its caller's thread.
        await Task.Run(async () => await database.WriteAsync(session => Swap(session, scratch, swap, cancellation), cancellation), cancellation);

    private RebuildOutcome? Swap(SqliteSession session, SqliteStore scratch, RebuildSwap swap, CancellationToken cancellation)
    {
        if (FindRebuild(session, swap.Run) is { } before) return before;
        if (ReadCatalogVersion(session) != swap.CatalogVersion) return null;
        // The lock is held and the scratch is another file: what is waited for here is its disk.
        while (ReadPacksAfter(session, scratch.ReadLastPackAsync(cancellation).AsTask().GetAwaiter().GetResult()) is { Count: > 0 } packs)
            swap.Replay(packs).GetAwaiter().GetResult();

        var (missing, conversions, lines) = (new MeasureSums(), 0L, 0L);
        missing.Add(swap.Costs);
        session["DELETE FROM journeys"].Run();
        scratch.database.ReadOnOwnConnection(
            rebuilt =>
            {
                SqliteAliasIndex.ReplaceAll(rebuilt, session, cancellation);
                CopyJourneys(rebuilt, session, Take, cancellation);
                CopyAccruals(rebuilt, session);
                MarkMatched(session, ReadMatchedItems(rebuilt));
                return true;
            });
        ReverseWhatIsGone();

        missing.Add(SumRecordedMeasures(session), -1);
        InsertDeltas(session, MeasureCodec.EncodeByBrand(missing.DropZeros(), new DocumentWriter()), swap.At);
        session["UPDATE meta SET value = value + 1 WHERE key = 'generation'"].Run();
        var outcome = new RebuildOutcome(conversions, lines, missing.Cells.Count);
        RecordRebuild(session, swap.Run, outcome);
        return outcome;

        void Take(Journey journey)
        {
            missing.Add(journey, 1);
            foreach (var (key, standing) in RebuiltLedger.ExpectedEntries(journey, swap.At)) Book(journey.Brand, key, standing);
        }

        void ReverseWhatIsGone()
        {
            // The conversion's key is its alias: one that leads nowhere is of no journey. Lines written meanwhile need no look.
            var next = session["SELECT seq, brand, conversion FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1"];
            var (line, last) = (0L, ReadInt64(session["SELECT MAX(seq) FROM ledger"]));
            while (next.Bind(1, line).Bind(2, last).Step())
            {
                cancellation.ThrowIfCancellationRequested();
                (line, var brand, var key) = (next.Int64(0), next.Text(1), next.Text(2));
                next.Reset();
                if (IdentityRules.IsConversionKey(key) && aliases.Find(session, new AliasKey(brand, key)) is null) Book(brand, key, []);
            }
        }

        void Book(string brand, string key, IEnumerable<LedgerEntry> standing)
        {
            var difference = LedgerDifference.Between(ReadLines(session, brand, key), standing, RebuiltLedger.CauseFor(swap.Run), swap.At).ToList();
            if (difference.Count == 0) return;
            InsertLedger(session, difference);
            conversions++;
            lines += difference.Count;
        }
    }

    /// <summary>Copies journeys, tombstones included, and hands out those that live.</summary>
    private static void CopyJourneys(SqliteSession from, SqliteSession to, Action<Journey> onJourney, CancellationToken cancellation)
    {
        var insert = to["INSERT INTO journeys (seq, id, version, catalog_version, brand, converted_on, merged_into, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"];
        var select = from["SELECT seq, id, version, catalog_version, brand, converted_on, merged_into, doc FROM journeys ORDER BY seq"];
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            insert.Bind(1, select.Int64(0)).Bind(2, select.Blob(1)).Bind(3, select.Int64(2)).Bind(4, select.Int64(3)).BindText(5, select.Blob(4));
            _ = select.IsNull(5) ? insert.BindNull(6) : insert.Bind(6, select.Int64(5));
            _ = select.IsNull(6) ? insert.BindNull(7) : insert.Bind(7, select.Int64(6));
            insert.Bind(8, select.Blob(7)).Run();
            if (select.IsNull(6)) onJourney(JourneyCodec.Decode(select.Blob(7)));
        }
    }
}
