using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    private static readonly BsonDocument LiveFilter = new("catalogVersion", new BsonDocument("$exists", true));

    /// <inheritdoc/>
    public ValueTask<JourneyLoad> LoadJourneysAsync(IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                var generation = await ReadGenerationAsync(session, cancellation);
                var known = await FindKnownPacksAsync(session, packs, cancellation);
                var (leads, journeys) = await ResolveAliasesAsync(session, generation, aliases, cancellation);
                return new JourneyLoad(known, leads, journeys) { Generation = generation };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlySet<Guid>>(async session => await FindKnownPacksAsync(session, packs, cancellation), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(long catalogVersion, int limit, CancellationToken cancellation) =>
        FindJourneysAsync(new("catalogVersion", new BsonDocument("$lt", catalogVersion)), limit, cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(
        string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation) =>
        FindJourneysAsync(
            new()
            {
                { "brand", brand }, { "convertedOn", new BsonDocument("$gte", from.DayNumber) }, { "catalogVersion", new BsonDocument("$lt", catalogVersion) },
            },
            limit, cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session => await session.CountAsync(
                Journeys(await ReadGenerationAsync(session, cancellation)), new("catalogVersion", new BsonDocument("$lt", catalogVersion)), cancellation),
            cancellation);

    /// <inheritdoc/>
    public async ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation) =>
        await ReadSnapshotAsync(
            async session =>
            {
                var journeys = Journeys(await ReadGenerationAsync(session, cancellation));
                var (done, total) = (0L, await session.CountAsync(journeys, LiveFilter, cancellation));
                await foreach (var document in session.StreamAsync(journeys, LiveFilter, null, null, new("journey", 1), cancellation))
                    onJourney(JourneyCodec.Decode(document.Bytes("journey")), done++, total);
                return done;
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<StoredJourney?> FindByAliasAsync(AliasKey alias, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session => (await ResolveAliasesAsync(session, await ReadGenerationAsync(session, cancellation), [alias], cancellation)).Journeys.Values.SingleOrDefault(), cancellation);

    /// <inheritdoc/>
    /// <remarks>The order is that of the keys which the committing processes drew, by their clocks' seconds.</remarks>
    public async IAsyncEnumerable<EventPack> ReadPacksAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 64;
        var last = ObjectId.Empty;
        while (true)
        {
            var packs = await ReadSnapshotAsync(
                session => session.FindAsync(Packs, new("seq", new BsonDocument("$gt", last)), cancellation, sort: new("seq", 1), limit: Chunk), cancellation);
            foreach (var pack in packs) yield return PackCodec.Decode(pack.Bytes("archive"));
            if (packs.Count < Chunk) yield break;
            last = packs[^1]["seq"].AsObjectId;
        }
    }

    private ValueTask<IReadOnlyList<StoredJourney>> FindJourneysAsync(BsonDocument filter, int limit, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<StoredJourney>>(
            async session => (await session.FindAsync(Journeys(await ReadGenerationAsync(session, cancellation)), filter, cancellation, limit: limit)).ConvertAll(StoredJourneyFromBson), cancellation);

    private async Task<HashSet<Guid>> FindKnownPacksAsync(MongoSession session, IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        packs.Count == 0 ? [] : [.. (await session.FindAsync(Packs, BsonValues.MatchIds(packs), cancellation, only: new("_id", 1))).Select(pack => pack.Id())];

    /// <summary>Where aliases lead: one statement for them, one for the journeys, and one more for each step of tombstones.</summary>
    private async Task<(Dictionary<AliasKey, Guid> Leads, Dictionary<Guid, StoredJourney> Journeys)> ResolveAliasesAsync(
        MongoSession session, long generation, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation)
    {
        var texts = new Dictionary<string, AliasKey>(aliases.Count, StringComparer.Ordinal);
        foreach (var alias in aliases) texts[AliasId(alias)] = alias;
        var (leads, journeys, merged) = (new Dictionary<AliasKey, Guid>(texts.Count), new Dictionary<Guid, StoredJourney>(), new Dictionary<Guid, Guid>());
        if (texts.Count == 0) return (leads, journeys);
        foreach (var found in await session.FindAsync(Aliases(generation), new("_id", BsonValues.MatchAny(texts.Keys.Select(text => (BsonValue)text))), cancellation))
            leads[texts[found.Text("_id")]] = found.Id("journey");

        for (var wanted = leads.Values.ToHashSet(); wanted.Count > 0;)
        {
            var next = new HashSet<Guid>();
            foreach (var found in await session.FindAsync(Journeys(generation), BsonValues.MatchIds(wanted), cancellation))
            {
                wanted.Remove(found.Id());
                if (found.Contains("mergedInto")) next.Add(merged[found.Id()] = found.Id("mergedInto"));
                else journeys[found.Id()] = StoredJourneyFromBson(found);
            }
            if (wanted.Count > 0) throw new InvalidDataException($"A stored alias or tombstone leads to a journey that is not there ({wanted.First()}).");
            wanted = next.Where(id => !journeys.ContainsKey(id) && !merged.ContainsKey(id)).ToHashSet();
        }

        foreach (var (alias, id) in leads.ToList())
        {
            var live = id;
            while (merged.TryGetValue(live, out var into)) live = into;
            leads[alias] = live;
        }
        return (leads, journeys);
    }

    private static StoredJourney StoredJourneyFromBson(BsonDocument document) => new(JourneyCodec.Decode(document.Bytes("journey")), document.Number("version"));
}
