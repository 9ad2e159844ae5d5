using Attribution.Core.Catalog;
using Attribution.Core.Planning;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Payouts;
using Attribution.Storage.Sqlite.Rejections;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Journeys;

/// <summary>The writes of a commit, within its transaction.</summary>
internal sealed class SqliteJourneyWriter(SqliteStoreContext context)
{
    /// <summary>
    /// Writes a commit. If the outcome is not <see cref="CommitOutcome.Committed"/>, the transaction must be rolled
    /// back.
    /// </summary>
    public CommitOutcome Write(SqliteSession session, EncodedCommit encoded, List<(string Brand, byte[] Sums)> deltas)
    {
        var commit = encoded.Commit;
        long? generation = commit.Generation is null ? null : SqliteMeta.ReadGeneration(session);
        if (commit.CheckVersions(SqliteMeta.ReadCatalogVersion(session), generation) is { } refused) return refused;
        var rows = new Dictionary<Guid, long>();
        var written = SqlitePackTable.Insert(session, commit.Packs, encoded.Packs, context.IsRebuild)
            && WriteJourneys(session, commit, encoded.Journeys, rows)
            && InsertAliases(session, commit, rows)
            && WriteTombstones(session, commit.Tombstones);
        if (!written) return CommitOutcome.Conflict;
        MoveAliases(session, commit, rows);
        context.Aliases.Promote(session, commit.Aliases.Count);
        MarkMatched(session, commit.Matched);
        // Most commits are touches only.
        if (commit.Accruals.Count + commit.RemovedAccruals.Count > 0) SqliteAccrualTable.Write(session, commit);
        if (context.IsRebuild) return CommitOutcome.Committed;
        if (commit.Ledger.Count > 0) context.LedgerTable.Insert(session, commit.Ledger);
        if (commit.Rejections.Count > 0) SqliteRejectionTable.Insert(session, commit.Rejections);
        SqliteRollupFold.InsertDeltas(session, deltas, commit.At);
        return CommitOutcome.Committed;
    }

    /// <summary>Marks catalog items as matched by an event.</summary>
    public static void MarkMatched(SqliteSession session, IReadOnlyCollection<CatalogRef> matched)
    {
        var mark = session["UPDATE catalog_items SET matched = 1 WHERE kind = ? AND id = ? AND matched = 0"];
        foreach (var item in matched) mark.Bind(1, (int)item.Kind).Bind(2, item.Id).Run();
    }

    /// <summary>
    /// Inserts and updates journeys and adds their row numbers to <paramref name="rows"/>. Returns false on a version
    /// conflict.
    /// </summary>
    private static bool WriteJourneys(
        SqliteSession session, JourneyCommit commit, IReadOnlyList<byte[]> documents, Dictionary<Guid, long> rows)
    {
        var insert = session[
            "INSERT INTO journeys (id, version, doc, catalog_version, converted_on, brand) VALUES (?, 1, ?, ?, ?, ?) "
            + "ON CONFLICT (id) DO NOTHING"];
        var find = session["SELECT seq, catalog_version, converted_on FROM journeys WHERE id = ? AND version = ? AND merged_into IS NULL"];
        // SQLite rewrites an index entry whenever its column is named, even if unchanged, and so dirties a page that
        // the commit would not otherwise touch. Hence three updates.
        var replace = session["UPDATE journeys SET version = version + 1, doc = ?1 WHERE seq = ?2"];
        var convert = session["UPDATE journeys SET version = version + 1, doc = ?1, converted_on = ?3 WHERE seq = ?2"];
        var advance = session[
            "UPDATE journeys SET version = version + 1, doc = ?1, converted_on = ?3, catalog_version = ?4 WHERE seq = ?2"];
        for (var i = 0; i < documents.Count; i++)
        {
            var (journey, version) = commit.Journeys[i];
            long? convertedOn = journey.Conversions.IsEmpty ? null : journey.Conversions.Max(conversion => conversion.Day.DayNumber);
            if (version == 0)
            {
                insert.Bind(1, journey.Id).Bind(2, documents[i]).Bind(3, journey.CatalogVersion).Bind(4, convertedOn).Bind(5, journey.Brand);
                if (insert.Run() == 0) return false;
                rows.Add(journey.Id, session.LastRow);
                continue;
            }

            if (!find.Bind(1, journey.Id).Bind(2, version).Step()) return false;
            var (row, oldCatalogVersion, oldConvertedOn) = (find.Int64(0), find.Int64(1), find.Int64OrNull(2));
            find.Reset();
            rows.Add(journey.Id, row);
            if (oldCatalogVersion != journey.CatalogVersion)
                advance.Bind(1, documents[i]).Bind(2, row).Bind(3, convertedOn).Bind(4, journey.CatalogVersion).Run();
            else if (oldConvertedOn != convertedOn)
                convert.Bind(1, documents[i]).Bind(2, row).Bind(3, convertedOn).Run();
            else
                replace.Bind(1, documents[i]).Bind(2, row).Run();
        }
        return true;
    }

    private bool InsertAliases(SqliteSession session, JourneyCommit commit, Dictionary<Guid, long> rows)
    {
        foreach (var (alias, journey) in commit.Aliases)
        {
            if (!rows.TryGetValue(journey, out var row)) rows.Add(journey, row = FindRow(session, journey));
            if (!context.Aliases.Insert(session, alias, row)) return false;
        }
        return true;
    }

    /// <summary>
    /// Moves aliases to other journeys. An alias changes its journey only in a commit that writes or ends that journey.
    /// Once the versions match, the alias therefore still leads to the journey that it led to when it was read.
    /// </summary>
    private void MoveAliases(SqliteSession session, JourneyCommit commit, Dictionary<Guid, long> rows)
    {
        foreach (var (alias, journey) in commit.MovedAliases)
        {
            if (!rows.TryGetValue(journey, out var row)) rows.Add(journey, row = FindRow(session, journey));
            context.Aliases.Move(session, alias, row);
        }
    }

    private static bool WriteTombstones(SqliteSession session, IReadOnlyList<Tombstone> tombstones)
    {
        var update = session[
            "UPDATE journeys SET version = ?1 + 1, doc = x'', merged_into = ?2 WHERE id = ?3 AND version = ?1 AND merged_into IS NULL"];
        foreach (var tombstone in tombstones)
        {
            var survivor = FindRow(session, tombstone.MergedInto);
            if (update.Bind(1, tombstone.Version).Bind(2, survivor).Bind(3, tombstone.Id).Run() == 0) return false;
        }

        // If the survivor has become a tombstone in the meantime, lookups would still succeed but its new data would be
        // lost.
        var find = session["SELECT 1 FROM journeys WHERE id = ? AND merged_into IS NULL"];
        foreach (var tombstone in tombstones)
        {
            var isLive = find.Bind(1, tombstone.MergedInto).Step();
            find.Reset();
            if (!isLive) return false;
        }
        return true;
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
