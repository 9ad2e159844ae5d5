using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Identity;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Journeys;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Erasures;

/// <summary>
/// The stored documents that may contain a person, by their ids. None has an index by person, so all of the brand are searched,
/// in pieces and while commits go on; later, with commits barred, only those that are newer.
/// </summary>
/// <remarks>
/// A journey that is older than the search contains the person later only if an event of theirs was committed to it, or a journey
/// with them was merged into it. <see cref="Aliases"/> lead to the first, and tombstones to the second.
/// </remarks>
internal sealed class MongoErasureSearch
{
    private const int PageSize = 256;

    // Keys are in the order of the clocks of the committing processes, which may differ by as much.
    private const int MaxClockSkewSeconds = 60 * 60;

    private readonly MongoStoreContext context;
    private readonly PersonErasure erasure;
    private readonly DocumentWriter documents = new();
    private readonly int began = ObjectId.GenerateNewId().Timestamp;
    private long generation;

    private MongoErasureSearch(MongoStoreContext context, PersonErasure erasure) => (this.context, this.erasure) = (context, erasure);

    /// <summary>
    /// Gets, per pack with events of the person, the numbers of events to change and of events that keep an identifier.
    /// </summary>
    public Dictionary<Guid, (long Changed, long Remaining)> Packs { get; } = [];

    public HashSet<Guid> Journeys { get; } = [];

    public HashSet<BsonValue> LedgerEntries { get; } = [];

    public HashSet<BsonValue> Rejections { get; } = [];

    /// <summary>Gets all aliases of the person's newer events, and those of the person.</summary>
    public HashSet<AliasKey> Aliases { get; } = [];

    /// <summary>Searches all documents of the brand.</summary>
    public static async Task<MongoErasureSearch> RunAsync(
        MongoStoreContext context, PersonErasure erasure, CancellationToken cancellation)
    {
        var search = new MongoErasureSearch(context, erasure) { generation = await ReadGenerationAsync(context, cancellation) };
        foreach (var alias in erasure.Aliases) search.Aliases.Add(new(erasure.Brand, alias));
        await search.SearchAsync(null, null, cancellation);
        return search;
    }

    /// <summary>Searches the documents that were added since the first search began. Commits must be barred.</summary>
    /// <returns>False if a rebuild has replaced the journeys meanwhile: the search starts again.</returns>
    public async Task<bool> AddNewerAsync(CancellationToken cancellation)
    {
        if (await ReadGenerationAsync(context, cancellation) != generation) return false;
        var since = began - MaxClockSkewSeconds;
        await SearchAsync(ObjectId.Parse($"{since:x8}{new string('0', 16)}"), GuidAt(since), cancellation);
        return true;
    }

    /// <summary>Returns the least time-ordered id of a second.</summary>
    public static Guid GuidAt(int unixSeconds) => new($"{unixSeconds * 1000L:x12}{new string('0', 20)}");

    private static ValueTask<long> ReadGenerationAsync(MongoStoreContext context, CancellationToken cancellation) =>
        context.Transactions.ReadSnapshotAsync(
            session => MongoMeta.ReadGenerationAsync(session, context.Collections, cancellation), cancellation);

    /// <summary>Searches documents whose keys follow these; null: all.</summary>
    private async Task SearchAsync(ObjectId? since, Guid? sinceId, CancellationToken cancellation)
    {
        var (collections, brand) = (context.Collections, new BsonDocument("brand", erasure.Brand));
        var key = since is { } position ? new BsonObjectId(position) : null;
        var id = sinceId is { } guid ? BsonValues.ToBson(guid) : null;
        await ReadAsync(collections.Packs, "seq", [], key, null, pack => AddPack(pack, withAliases: since is not null), cancellation);
        await ReadAsync(
            collections.Journeys(generation), "_id", new BsonDocument(brand).Merge(MongoJourneyDocuments.LiveFilter), id, "journey",
            journey =>
            {
                if (StoredErasure.TryErase(erasure, journey.Bytes("journey"), documents) is not null) Journeys.Add(journey.Id());
            },
            cancellation);
        await ReadAsync(
            collections.Ledger, "_id", brand, key, "causedBy",
            entry =>
            {
                if (erasure.OccursIn(entry.Text("causedBy"))) LedgerEntries.Add(entry["_id"]);
            },
            cancellation);
        await ReadAsync(
            collections.Rejections, "_id", brand, id, null,
            rejection =>
            {
                if (StoredErasure.IsNamedIn(erasure, rejection.Bytes("payload"), rejection.TextOrNull("eventId"), rejection.Text("detail")))
                    Rejections.Add(rejection["_id"]);
            },
            cancellation);
    }

    private void AddPack(BsonDocument stored, bool withAliases)
    {
        var pack = PackCodec.Decode(stored.Bytes("archive"));
        var (_, changed, remaining) = PackErasure.Erase(pack, erasure);
        if (changed + remaining == 0) return;
        Packs[stored.Id()] = (changed, remaining);
        if (!withAliases) return;
        var received = new EventContext(
            pack.Source, pack.BrandId ?? BrandSettings.DefaultId, pack.ReceivedAt, TimeSpan.MaxValue) { Bots = null };
        foreach (var bytes in pack.Events)
            if (EventReader.ReadLenient(bytes, received).Event is { } read && read.Brand == erasure.Brand)
                Aliases.UnionWith(JourneyPlanner.GetAliases(read));
    }

    /// <summary>Reads documents in the order of a key, a page at a time, so that no read lasts long.</summary>
    private async Task ReadAsync(
        IMongoCollection<BsonDocument> collection, string key, BsonDocument filter, BsonValue? after, string? only,
        Action<BsonDocument> onDocument, CancellationToken cancellation)
    {
        var projection = only is null ? null : new BsonDocument { { "_id", 1 }, { only, 1 } };
        while (true)
        {
            var rest = after is null ? filter : new BsonDocument(filter).Add(key, new BsonDocument("$gt", after));
            var page = await context.Transactions.ReadSnapshotAsync(
                session => session.FindAsync(collection, rest, cancellation, sort: new(key, 1), limit: PageSize, only: projection),
                cancellation);
            foreach (var document in page) onDocument(document);
            if (page.Count < PageSize) return;
            after = page[^1][key];
        }
    }
}
