using System.Runtime.CompilerServices;
using Attribution.Contracts;
using Attribution.Core.Journeys;
using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Journeys;

/// <summary>Journeys of the generation in use, and of a rebuild those of its own generation.</summary>
internal sealed class MongoJourneyStore(MongoStoreContext context) : IJourneyStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<JourneyLoad> LoadJourneysAsync(
        IReadOnlyCollection<Guid> packs, IReadOnlyCollection<AliasKey> aliases, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                var committed = await MongoPacks.FindCommittedAsync(session, collections, packs, cancellation);
                var (ids, journeys) = await MongoAliases.ResolveAsync(
                    session, collections, generation, aliases, cancellation);
                return new JourneyLoad(committed, ids, journeys) { Generation = generation };
            },
            cancellation);

    public ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation) =>
        CommitAsync(Encode(commit), cancellation);

    public EncodedCommit Encode(JourneyCommit commit) =>
        EncodedCommit.Encode(commit, context.Formats.Agreed, archivePacks: context.RebuildGeneration is null);

    public async ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation)
    {
        encoded.Commit.Validate();
        if (encoded.RequiredFormats is { } required)
            await context.Formats.EnsureAgreedAsync(required, encoded.Commit.At, cancellation);
        var commit = new MongoJourneyCommit(context, encoded);
        try
        {
            return await transactions.RunTransactionAsync(
                async session =>
                {
                    var outcome = await commit.WriteAsync(session, cancellation);
                    if (outcome != CommitOutcome.Committed) session.Abandon();
                    return outcome;
                },
                cancellation);
        }
        catch (MongoFaultException e) when (e.IsDuplicate)
        {
            // A pack, journey or alias with this id exists already.
            return CommitOutcome.Conflict;
        }
    }

    public ValueTask<IReadOnlySet<Guid>> FindCommittedPacksAsync(
        IReadOnlyCollection<Guid> packs, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlySet<Guid>>(
            async session => await MongoPacks.FindCommittedAsync(session, collections, packs, cancellation),
            cancellation);

    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleAsync(
        long catalogVersion, int limit, CancellationToken cancellation) =>
        FindAsync(StaleFilter(catalogVersion), limit, cancellation);

    public ValueTask<IReadOnlyList<StoredJourney>> FindStaleForFitAsync(
        string brand, DateOnly from, long catalogVersion, int limit, CancellationToken cancellation) =>
        FindAsync(
            new()
            {
                { "brand", brand }, { "convertedOn", new BsonDocument("$gte", from.DayNumber) },
                { "catalogVersion", new BsonDocument("$lt", catalogVersion) },
            },
            limit, cancellation);

    public async ValueTask MarkStaleAsync(
        IReadOnlyCollection<Guid> journeys, long catalogVersion, CancellationToken cancellation) =>
        await transactions.RunTransactionAsync(
            async session =>
            {
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                // The document keeps the version that it was evaluated with.
                return await session.UpdateByIdsAsync(
                    collections.Journeys(generation), journeys.Select(BsonValues.ToBson),
                    new("$set", new BsonDocument("catalogVersion", Journey.NeverEvaluated)), cancellation, StaleFilter(catalogVersion));
            },
            cancellation);

    public ValueTask<long> CountStaleAsync(long catalogVersion, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                return await session.CountAsync(
                    collections.Journeys(generation), StaleFilter(catalogVersion), cancellation);
            },
            cancellation);

    public async ValueTask ScanAsync(Action<Journey, long, long> onJourney, CancellationToken cancellation)
    {
        var done = 0L;
        await transactions.ReadSnapshotAsync(
            async session =>
            {
                var live = MongoJourneyDocuments.LiveFilter;
                var journeys = collections.Journeys(await MongoMeta.ReadGenerationAsync(session, collections, cancellation));
                var total = await session.CountAsync(journeys, live, cancellation);
                await foreach (var document in session.StreamAsync(
                    journeys, live, null, null, new("journey", 1), cancellation))
                    onJourney(JourneyCodec.Decode(document.Bytes("journey")), done++, total);
                return done;
            },
            // The caller has had journeys: it decides whether its work starts again.
            cancellation, () => done == 0);
    }

    public ValueTask<StoredJourney?> FindByAliasAsync(AliasKey alias, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                var resolved = await MongoAliases.ResolveAsync(session, collections, generation, [alias], cancellation);
                return resolved.Journeys.Values.SingleOrDefault();
            },
            cancellation);

    /// <inheritdoc/>
    /// <remarks>The order is that of keys which the committing processes generate from their clocks' seconds.</remarks>
    public async IAsyncEnumerable<EventPack> ReadPacksAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Chunk = 64;
        var last = ObjectId.Empty;
        while (true)
        {
            var later = new BsonDocument("seq", new BsonDocument("$gt", last));
            var packs = await transactions.ReadSnapshotAsync(
                session => session.FindAsync(collections.Packs, later, cancellation, sort: new("seq", 1), limit: Chunk),
                cancellation);
            foreach (var pack in packs) yield return PackCodec.Decode(pack.Bytes("archive"));
            if (packs.Count < Chunk) yield break;
            last = packs[^1]["seq"].AsObjectId;
        }
    }

    private static BsonDocument StaleFilter(long catalogVersion) =>
        new("catalogVersion", new BsonDocument("$lt", catalogVersion));

    private ValueTask<IReadOnlyList<StoredJourney>> FindAsync(
        BsonDocument filter, int limit, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<StoredJourney>>(
            async session =>
            {
                var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
                var found = await session.FindAsync(
                    collections.Journeys(generation), filter, cancellation, limit: limit);
                return found.ConvertAll(MongoJourneyDocuments.FromBson);
            },
            cancellation);
}
