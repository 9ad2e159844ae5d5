using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Core.Catalog;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Payouts;
using Attribution.Storage.Sqlite.Rejections;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Journeys;

/// <summary>Journeys, aliases and packs in SQLite.</summary>
internal sealed class SqliteJourneyStore(SqliteStoreContext context) : IJourneyStore
{
    private readonly SqliteJourneyWriter writer = new(context);

    /// <inheritdoc/>
    public ValueTask<JourneyLoad> LoadJourneysAsync(
        IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation) =>
        context.Database.ReadOnWriterAsync(
            session =>
            {
                var known = FindKnownPacks(session, packs);
                var rows = new Dictionary<long, StoredJourney>();
                var owners = new Dictionary<AliasKey, Guid>(aliases.Count);
                var journeys = new Dictionary<Guid, StoredJourney>();
                foreach (var alias in aliases)
                {
                    if (context.Aliases.Find(session, alias) is not { } row) continue;
                    if (!rows.TryGetValue(row, out var stored)) rows.Add(row, stored = ReadLive(session, row));
                    owners[alias] = stored.Journey.Id;
                    // Two aliases may lead to one journey through different tombstones; it is returned once.
                    journeys.TryAdd(stored.Journey.Id, stored);
                }
                return new JourneyLoad(known, owners, journeys) { Generation = SqliteMeta.ReadGeneration(session) };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation) =>
        CommitAsync(Encode(commit), cancellation);

    /// <inheritdoc/>
    public EncodedCommit Encode(JourneyCommit commit) =>
        EncodedCommit.Encode(commit, context.Formats.Agreed, archivePacks: !context.IsRebuild);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation)
    {
        // Everything is encoded before the lock is taken, so that other writers wait only for the writes.
        var commit = encoded.Commit;
        commit.Validate();
        if (encoded.RequiredFormats is { } required)
        {
            if (context.IsSwapping) await context.Formats.RequireAgreedAsync(required, cancellation);
            else await context.Formats.EnsureAgreedAsync(required, commit.At, cancellation);
        }

        var deltas = MeasureCodec.EncodeByBrand(commit.Deltas, new DocumentWriter());

        MarkedPack? newest = null;
        var written = await context.Database.WriteAsync(
            session =>
            {
                var outcome = writer.Write(session, encoded, deltas);
                if (outcome != CommitOutcome.Committed) session.Abandon();
                else if (!context.IsRebuild && commit.Packs.Count > 0)
                    newest = new(session["SELECT MAX(seq) FROM packs"].ReadSingleInt64(), commit.Packs[^1].PackId, commit.At);
                return outcome;
            },
            cancellation);
        if (newest is not null) context.Database.WriteMark(SqliteStoreMark.Format(newest));
        return written;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(
        IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlySet<Guid>>(session => FindKnownPacks(session, packs), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(
        long catalogVersion, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<StoredJourney>>(
            session =>
            {
                var found = new List<StoredJourney>();
                var select = session["SELECT version, doc FROM journeys WHERE merged_into IS NULL AND catalog_version < ? LIMIT ?"];
                select.Bind(1, catalogVersion).Bind(2, limit);
                while (select.Step())
                    found.Add(new StoredJourney(JourneyCodec.Decode(select.Blob(1)), select.Int64(0)));
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(
        string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<StoredJourney>>(
            session =>
            {
                var found = new List<StoredJourney>();
                const string Converted = "FROM journeys WHERE merged_into IS NULL AND converted_on IS NOT NULL AND brand = ? ";
                var last = session["SELECT MAX(converted_on) " + Converted].Bind(1, brand);
                var through = last.Step() && !last.IsNull(0) ? last.Int64(0) : long.MinValue;
                last.Reset();
                // One query per day, so that journeys already evaluated with the fit are skipped by the index.
                var select = session["SELECT version, doc " + Converted + "AND converted_on = ? AND catalog_version < ? LIMIT ?"];
                for (long day = from.DayNumber; day <= through && found.Count < limit; day++)
                {
                    select.Bind(1, brand).Bind(2, day).Bind(3, catalogVersion).Bind(4, limit - found.Count);
                    while (select.Step())
                        found.Add(new StoredJourney(JourneyCodec.Decode(select.Blob(1)), select.Int64(0)));
                }
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask MarkStaleAsync(
        IReadOnlyCollection<Guid> journeys, long catalogVersion, CancellationToken cancellation) =>
        await context.Database.WriteAsync(
            session =>
            {
                // The document keeps the version that it was evaluated with.
                var mark = session["UPDATE journeys SET catalog_version = ? WHERE id = ? AND merged_into IS NULL AND catalog_version < ?"];
                foreach (var journey in journeys) mark.Bind(1, Journey.NeverEvaluated).Bind(2, journey).Bind(3, catalogVersion).Run();
                return journeys.Count;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => session["SELECT COUNT(*) FROM journeys WHERE merged_into IS NULL AND catalog_version < ?"]
                .Bind(1, catalogVersion).ReadSingleInt64(),
            cancellation);

    /// <inheritdoc/>
    public async ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation) =>
        await Task.Run(
            () => context.Database.ReadOnOwnConnection(
                session =>
                {
                    var total = session["SELECT COUNT(*) FROM journeys WHERE merged_into IS NULL"].ReadSingleInt64();
                    var done = 0L;
                    var select = session["SELECT doc FROM journeys WHERE merged_into IS NULL"];
                    for (; select.Step(); done++)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        onJourney(JourneyCodec.Decode(select.Blob(0)), done, total);
                    }
                    return done;
                }),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<StoredJourney?> FindByAliasAsync(AliasKey alias, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session => context.Aliases.Find(session, alias) is { } row ? ReadLive(session, row) : null, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<EventPack> ReadPacksAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int ChunkSize = 64;
        long last = 0;
        while (true)
        {
            var archives = await context.Database.ReadAsync(
                session =>
                {
                    var archives = new List<(long Seq, byte[] Archive)>(ChunkSize);
                    var select = session["SELECT seq, archive FROM packs WHERE seq > ? ORDER BY seq LIMIT ?"]
                        .Bind(1, last).Bind(2, ChunkSize);
                    while (select.Step()) archives.Add((select.Int64(0), select.Blob(1).ToArray()));
                    return archives;
                },
                cancellation);
            foreach (var (_, archive) in archives) yield return PackCodec.Decode(archive);
            if (archives.Count < ChunkSize) yield break;
            last = archives[^1].Seq;
        }
    }

    /// <summary>Reads the journey of a row or, if the row is a tombstone, the surviving journey.</summary>
    private static StoredJourney ReadLive(SqliteSession session, long row)
    {
        var select = session["SELECT version, doc, merged_into FROM journeys WHERE seq = ?"];
        while (select.Bind(1, row).Step())
        {
            if (select.IsNull(2))
            {
                var stored = new StoredJourney(JourneyCodec.Decode(select.Blob(1)), select.Int64(0));
                select.Reset();
                return stored;
            }
            row = select.Int64(2);
            select.Reset();
        }
        throw new InvalidDataException($"{session.Path}: a stored alias or tombstone leads to a missing journey (row {row}).");
    }

    /// <summary>Returns those of the packs that are committed.</summary>
    private static HashSet<Guid> FindKnownPacks(SqliteSession session, IReadOnlyCollection<Guid> packs)
    {
        var known = new HashSet<Guid>();
        var select = session["SELECT 1 FROM packs WHERE id = ?"];
        foreach (var pack in packs)
        {
            if (select.Bind(1, pack).Step()) known.Add(pack);
            select.Reset();
        }
        return known;
    }
}

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
        var written = InsertPacks(session, commit.Packs, encoded.Packs, context.IsRebuild)
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
        SqliteRollupTable.InsertDeltas(session, deltas, commit.At);
        return CommitOutcome.Committed;
    }

    /// <summary>Marks catalog items as matched by an event.</summary>
    public static void MarkMatched(SqliteSession session, IReadOnlyCollection<CatalogRef> matched)
    {
        var mark = session["UPDATE catalog_items SET matched = 1 WHERE kind = ? AND id = ? AND matched = 0"];
        foreach (var item in matched) mark.Bind(1, (int)item.Kind).Bind(2, item.Id).Run();
    }

    /// <summary>Inserts packs; a rebuild stores their ids only.</summary>
    /// <returns>False if one of them is already committed.</returns>
    private static bool InsertPacks(
        SqliteSession session, IReadOnlyList<EventPack> packs, IReadOnlyList<byte[]> archives, bool isRebuild)
    {
        var insert = session["INSERT INTO packs (id, archive) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"];
        for (var i = 0; i < packs.Count; i++)
            if (insert.Bind(1, packs[i].PackId).Bind(2, isRebuild ? [] : archives[i]).Run() == 0)
                return false;
        return true;
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
