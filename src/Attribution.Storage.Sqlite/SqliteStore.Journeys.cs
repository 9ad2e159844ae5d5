using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<JourneyLoad> LoadJourneysAsync(IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation) =>
        database.ReadOnWriterAsync(
            session =>
            {
                var known = FindKnownPacks(session, packs);
                var rows = new Dictionary<long, StoredJourney>();
                var leads = new Dictionary<AliasKey, Guid>(aliases.Count);
                var journeys = new Dictionary<Guid, StoredJourney>();
                foreach (var alias in aliases)
                {
                    if (this.aliases.Find(session, alias) is not { } row) continue;
                    if (!rows.TryGetValue(row, out var stored)) rows.Add(row, stored = ReadLive(session, row));
                    leads[alias] = stored.Journey.Id;
                    // Two aliases may lead to one journey by way of different tombstones: it is handed out once.
                    journeys.TryAdd(stored.Journey.Id, stored);
                }
                return new JourneyLoad(known, leads, journeys) { Generation = ReadGeneration(session) };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlySet<Guid>>(session => FindKnownPacks(session, packs), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(long catalogVersion, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StoredJourney>>(
            session =>
            {
                var found = new List<StoredJourney>();
                var select = session["SELECT version, doc FROM journeys WHERE merged_into IS NULL AND catalog_version < ? LIMIT ?"];
                select.Bind(1, catalogVersion).Bind(2, limit);
                while (select.Step()) found.Add(new StoredJourney(JourneyCodec.Decode(select.Blob(1)), select.Int64(0)));
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(
        string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StoredJourney>>(
            session =>
            {
                var found = new List<StoredJourney>();
                const string Converted = "FROM journeys WHERE merged_into IS NULL AND converted_on IS NOT NULL AND brand = ? ";
                var last = session["SELECT MAX(converted_on) " + Converted].Bind(1, brand);
                var through = last.Step() && !last.IsNull(0) ? last.Int64(0) : long.MinValue;
                last.Reset();
                // Day by day, so that those which know the fit already are not gone over again.
                var select = session["SELECT version, doc " + Converted + "AND converted_on = ? AND catalog_version < ? LIMIT ?"];
                for (long day = from.DayNumber; day <= through && found.Count < limit; day++)
                {
                    select.Bind(1, brand).Bind(2, day).Bind(3, catalogVersion).Bind(4, limit - found.Count);
                    while (select.Step()) found.Add(new StoredJourney(JourneyCodec.Decode(select.Blob(1)), select.Int64(0)));
                }
                return found;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var select = session["SELECT COUNT(*) FROM journeys WHERE merged_into IS NULL AND catalog_version < ?"].Bind(1, catalogVersion);
                select.Step();
                return select.Int64(0);
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation) =>
        await Task.Run(
            () => database.ReadOnOwnConnection(
                session =>
                {
                    var count = session["SELECT COUNT(*) FROM journeys WHERE merged_into IS NULL"];
                    count.Step();
                    var total = count.Int64(0);
                    count.Reset();
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
        database.ReadAsync(session => aliases.Find(session, alias) is { } row ? ReadLive(session, row) : null, cancellation);

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

    /// <summary>The journey of a row or, where that is a tombstone, the one that survived.</summary>
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
        throw new InvalidDataException($"{session.Path}: a stored alias or tombstone leads to a journey that is not there (row {row}).");
    }
}
