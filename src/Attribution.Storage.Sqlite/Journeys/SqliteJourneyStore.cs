using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;

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
                var known = SqlitePackTable.FindKnown(session, packs);
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
        CommitAsync(EncodedCommit.Encode(commit, archivePacks: !context.IsRebuild), cancellation);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation)
    {
        // Everything is encoded before the lock is taken, so that other writers wait only for the writes.
        var commit = encoded.Commit;
        commit.Validate();
        var deltas = MeasureCodec.EncodeByBrand(commit.Deltas, new DocumentWriter());

        return await context.Database.WriteAsync(
            session =>
            {
                var outcome = writer.Write(session, encoded, deltas);
                if (outcome != CommitOutcome.Committed) session.Abandon();
                return outcome;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(
        IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlySet<Guid>>(session => SqlitePackTable.FindKnown(session, packs), cancellation);

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
}

/// <summary>The table of packs.</summary>
internal static class SqlitePackTable
{
    /// <summary>Inserts packs; a rebuild stores their ids only.</summary>
    /// <returns>False if one of them is already committed.</returns>
    public static bool Insert(
        SqliteSession session, IReadOnlyList<EventPack> packs, IReadOnlyList<byte[]> archives, bool isRebuild)
    {
        var insert = session["INSERT INTO packs (id, archive) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"];
        for (var i = 0; i < packs.Count; i++)
            if (insert.Bind(1, packs[i].PackId).Bind(2, isRebuild ? [] : archives[i]).Run() == 0)
                return false;
        return true;
    }

    /// <summary>Returns those of the packs that are committed.</summary>
    public static HashSet<Guid> FindKnown(SqliteSession session, IReadOnlyCollection<Guid> packs)
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

    /// <summary>Reads some packs in the order of commit, after the one given; null starts with the first.</summary>
    /// <exception cref="InvalidDataException">The pack given is not in this store.</exception>
    public static List<EventPack> ReadAfter(SqliteSession session, Guid? last)
    {
        long after = 0;
        if (last is { } id)
        {
            var find = session["SELECT seq FROM packs WHERE id = ?"].Bind(1, id);
            after = find.Step() ? find.Int64(0) : throw new InvalidDataException(
                $"{session.Path} has no pack {id}, which its rebuild has.");
            find.Reset();
        }

        var (packs, bytes) = (new List<EventPack>(), 0L);
        var select = session["SELECT archive FROM packs WHERE seq > ? ORDER BY seq LIMIT ?"]
            .Bind(1, after).Bind(2, PackBatch.MaxPacks);
        while (select.Step())
        {
            var archive = select.Blob(0);
            packs.Add(PackCodec.Decode(archive));
            if ((bytes += archive.Length) < PackBatch.MaxBytes) continue;
            select.Reset();
            break;
        }
        return packs;
    }

    /// <summary>Counts the packs.</summary>
    public static long Count(SqliteSession session) => session["SELECT COUNT(*) FROM packs"].ReadSingleInt64();

    /// <summary>Returns the id of the pack committed last; null if there is none.</summary>
    public static Guid? FindLast(SqliteSession session)
    {
        var last = session["SELECT id FROM packs ORDER BY seq DESC LIMIT 1"];
        return last.Step() ? last.Guid(0) : null;
    }
}
