using Attribution.Core.Catalog;
using Attribution.Core.Ledger;
using Attribution.Core.Planning;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Ledger;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation) =>
        CommitAsync(EncodedCommit.Encode(commit, archivePacks: !isRebuild), cancellation);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation)
    {
        // Everything is encoded before the lock is taken: others wait for the writing alone.
        var commit = encoded.Commit;
        commit.Validate();
        var deltas = MeasureCodec.EncodeByBrand(commit.Deltas, new DocumentWriter());

        return await database.WriteAsync(
            session =>
            {
                var outcome = WriteCommit(session, encoded, deltas);
                if (outcome != CommitOutcome.Committed) session.Abandon();
                return outcome;
            },
            cancellation);
    }

    private CommitOutcome WriteCommit(SqliteSession session, EncodedCommit encoded, List<(string Brand, byte[] Sums)> deltas)
    {
        var commit = encoded.Commit;
        if (ReadCatalogVersion(session) > commit.CatalogVersion) return CommitOutcome.CatalogChanged;
        if (commit.Generation is { } read && read != ReadGeneration(session)) return CommitOutcome.Conflict;
        var rows = new Dictionary<Guid, long>();
        var written = InsertPacks(session, commit, encoded.Packs)
            && WriteJourneys(session, commit, encoded.Journeys, rows)
            && InsertAliases(session, commit, rows)
            && WriteTombstones(session, commit.Tombstones);
        if (!written) return CommitOutcome.Conflict;
        MoveAliases(session, commit, rows);
        aliases.Promote(session, commit.Aliases.Count);
        MarkMatched(session, commit.Matched);
        WriteAccruals(session, commit);
        if (isRebuild) return CommitOutcome.Committed;
        InsertLedger(session, commit.Ledger);
        InsertRejections(session, commit.Rejections);
        InsertDeltas(session, deltas, commit.At);
        return CommitOutcome.Committed;
    }

    private bool InsertPacks(SqliteSession session, JourneyCommit commit, IReadOnlyList<byte[]> archives)
    {
        var insert = session["INSERT INTO packs (id, archive) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"];
        for (var i = 0; i < commit.Packs.Count; i++)
            if (insert.Bind(1, commit.Packs[i].PackId).Bind(2, isRebuild ? [] : archives[i]).Run() == 0)
                return false;
        return true;
    }

    /// <param name="session">The transaction.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="documents">The journeys' documents, in their order.</param>
    /// <param name="rows">Takes the journeys' row numbers.</param>
    private static bool WriteJourneys(SqliteSession session, JourneyCommit commit, IReadOnlyList<byte[]> documents, Dictionary<Guid, long> rows)
    {
        var insert = session["INSERT INTO journeys (id, version, doc, catalog_version, converted_on, brand) VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"];
        var find = session["SELECT seq, catalog_version, converted_on FROM journeys WHERE id = ? AND version = ? AND merged_into IS NULL"];
        // SQLite rewrites an index entry whenever its column is named, changed or not, and with it a page that nothing else of the commit is on.
        var replace = session["UPDATE journeys SET version = version + 1, doc = ?1 WHERE seq = ?2"];
        var convert = session["UPDATE journeys SET version = version + 1, doc = ?1, converted_on = ?3 WHERE seq = ?2"];
        var advance = session["UPDATE journeys SET version = version + 1, doc = ?1, converted_on = ?3, catalog_version = ?4 WHERE seq = ?2"];
        for (var i = 0; i < documents.Count; i++)
        {
            var (journey, version) = commit.Journeys[i];
            long? convertedOn = journey.Conversions.IsEmpty ? null : journey.Conversions.Max(conversion => conversion.Day.DayNumber);
            if (version == 0)
            {
                if (insert.Bind(1, journey.Id).Bind(2, documents[i]).Bind(3, journey.CatalogVersion).Bind(4, convertedOn).Bind(5, journey.Brand).Run() == 0) return false;
                rows.Add(journey.Id, session.LastRow);
                continue;
            }

            if (!find.Bind(1, journey.Id).Bind(2, version).Step()) return false;
            var (row, knows, converted) = (find.Int64(0), find.Int64(1), find.Int64OrNull(2));
            find.Reset();
            rows.Add(journey.Id, row);
            if (knows != journey.CatalogVersion) advance.Bind(1, documents[i]).Bind(2, row).Bind(3, convertedOn).Bind(4, journey.CatalogVersion).Run();
            else if (converted != convertedOn) convert.Bind(1, documents[i]).Bind(2, row).Bind(3, convertedOn).Run();
            else replace.Bind(1, documents[i]).Bind(2, row).Run();
        }
        return true;
    }

    private bool InsertAliases(SqliteSession session, JourneyCommit commit, Dictionary<Guid, long> rows)
    {
        foreach (var (alias, journey) in commit.Aliases)
        {
            if (!rows.TryGetValue(journey, out var row)) rows.Add(journey, row = FindRow(session, journey));
            if (!aliases.Insert(session, alias, row)) return false;
        }
        return true;
    }

    /// <summary>
    /// Which journey an alias leads to changes only in a commit that writes or ends that journey; so once the versions agree, it leads where it led when it was read.
    /// </summary>
    private void MoveAliases(SqliteSession session, JourneyCommit commit, Dictionary<Guid, long> rows)
    {
        foreach (var (alias, journey) in commit.MovedAliases)
        {
            if (!rows.TryGetValue(journey, out var row)) rows.Add(journey, row = FindRow(session, journey));
            aliases.Move(session, alias, row);
        }
    }

    private static bool WriteTombstones(SqliteSession session, IReadOnlyList<Tombstone> tombstones)
    {
        var bury = session["UPDATE journeys SET version = ?1 + 1, doc = x'', merged_into = ?2 WHERE id = ?3 AND version = ?1 AND merged_into IS NULL"];
        foreach (var tombstone in tombstones)
            if (bury.Bind(1, tombstone.Version).Bind(2, FindRow(session, tombstone.MergedInto)).Bind(3, tombstone.Id).Run() == 0)
                return false;
        // A survivor that was buried meanwhile would be found all the same, but what it was given would be lost.
        var alive = session["SELECT 1 FROM journeys WHERE id = ? AND merged_into IS NULL"];
        foreach (var tombstone in tombstones)
        {
            var lives = alive.Bind(1, tombstone.MergedInto).Step();
            alive.Reset();
            if (!lives) return false;
        }
        return true;
    }

    private void InsertLedger(SqliteSession session, IReadOnlyList<LedgerEntry> entries)
    {
        var insert = session[
            "INSERT INTO ledger (brand, conversion, campaign, creator, order_day, entry_day, amount, micros, commission, reason, caused_by, recorded_at, restates) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        var find = session["INSERT INTO ledger_conversions_new (hash, line) VALUES (?, ?)"];
        var closed = new Dictionary<string, DateOnly?>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!closed.TryGetValue(entry.Brand, out var through)) closed.Add(entry.Brand, through = ReadClosedThrough(session, entry.Brand, asOf: null));
            insert.Bind(1, entry.Brand).Bind(2, entry.Conversion).Bind(3, entry.Placement.Campaign).Bind(4, entry.Placement.Creator)
                .Bind(5, entry.OrderDay.DayNumber).Bind(6, entry.EntryDay.DayNumber).Bind(7, entry.Amount).Bind(8, entry.Micros)
                .Bind(9, entry.Commission).Bind(10, (int)entry.Reason).Bind(11, entry.CausedBy).Bind(12, entry.RecordedAt.UnixMilliseconds)
                .Bind(13, (entry.OrderDay <= through ? (int)RestatedDay.OrderDay : 0) | (entry.EntryDay <= through ? (int)RestatedDay.EntryDay : 0)).Run();
            find.Bind(1, hash.Compute(new AliasKey(entry.Brand, entry.Conversion)).Hash).Bind(2, session.LastRow).Run();
        }
        ledgerIndex.Promote(session, entries.Count);
    }

    private static void InsertRejections(SqliteSession session, IReadOnlyList<RejectionDocument> rejections)
    {
        var insert = session[
            "INSERT INTO rejections (id, brand, source, received_at, reason, pointer, detail, event_id, schema, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"];
        foreach (var rejection in rejections)
            insert.Bind(1, rejection.Id).Bind(2, rejection.Brand).Bind(3, rejection.Source).Bind(4, rejection.ReceivedAt.UnixMilliseconds)
                .Bind(5, (int)rejection.Reason).Bind(6, rejection.Pointer).Bind(7, rejection.Detail).Bind(8, rejection.EventId)
                .Bind(9, rejection.Schema).Bind(10, rejection.Payload.AsSpan()).Run();
    }

    private static void MarkMatched(SqliteSession session, IReadOnlyCollection<CatalogRef> matched)
    {
        var mark = session["UPDATE catalog_items SET matched = 1 WHERE kind = ? AND id = ? AND matched = 0"];
        foreach (var item in matched) mark.Bind(1, (int)item.Kind).Bind(2, item.Id).Run();
    }

    private static void InsertDeltas(SqliteSession session, List<(string Brand, byte[] Sums)> deltas, Timestamp at)
    {
        var insert = session["INSERT INTO deltas (brand, at, sums) VALUES (?, ?, ?)"];
        foreach (var (brand, sums) in deltas) insert.Bind(1, brand).Bind(2, at.UnixMilliseconds).Bind(3, sums).Run();
    }

    private static long FindRow(SqliteSession session, Guid journey)
    {
        var select = session["SELECT seq FROM journeys WHERE id = ?"];
        if (!select.Bind(1, journey).Step())
            throw new ArgumentException($"The commit names the journey {journey}, which is neither stored nor part of it.", nameof(journey));
        var row = select.Int64(0);
        select.Reset();
        return row;
    }
}
