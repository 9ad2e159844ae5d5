using Attribution.Core.Identity;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Journeys;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Erasures;

/// <summary>The statements that erase a person from packs, journeys, aliases, ledger entries and rejections.</summary>
internal sealed class MongoPersonErasure(MongoCollections collections, PersonErasure erasure, MongoErasureSearch search)
{
    /// <summary>Erases the person from what the search has found. Commits must be barred.</summary>
    public async Task<ErasureOutcome> EraseAsync(MongoSession session, CancellationToken cancellation)
    {
        var packs = search.Packs;
        var documents = new DocumentWriter();
        await ErasePacksAsync(session, documents, cancellation);
        var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
        var journeys = await EraseJourneysAsync(session, generation, documents, cancellation);
        var aliases = await EraseAliasesAsync(session, generation, cancellation);
        var causes = await EraseCausesAsync(session, cancellation);
        var rejections = await EraseRejectionsAsync(session, cancellation);
        return new(
            packs.Values.Sum(pack => pack.Changed), journeys, aliases, causes, rejections,
            packs.Values.Sum(pack => pack.Remaining));
    }

    private async Task ErasePacksAsync(MongoSession session, DocumentWriter documents, CancellationToken cancellation)
    {
        foreach (var chunk in search.Packs.Where(pack => pack.Value.Changed > 0).Select(pack => pack.Key).Chunk(100))
        {
            var stored = await session.FindAsync(collections.Packs, BsonValues.MatchIds(chunk), cancellation);
            var writes = stored.ConvertAll(pack =>
            {
                var erased = PackErasure.Erase(PackCodec.Decode(pack.Bytes("archive")), erasure).Pack;
                return BsonUpdates.ToSetUpdate(pack, "archive", PackCodec.Encode(erased, documents));
            });
            await session.WriteAsync(collections.Packs, writes, cancellation);
        }
    }

    private async Task<long> EraseJourneysAsync(
        MongoSession session, long generation, DocumentWriter documents, CancellationToken cancellation)
    {
        var writes = new List<UpdateOneModel<BsonDocument>>();
        var resolved = await MongoAliases.ResolveAsync(session, collections, generation, search.Aliases, cancellation);
        var only = new BsonDocument { { "journey", 1 }, { "mergedInto", 1 } };
        var seen = new HashSet<Guid>(search.Journeys.Concat(resolved.Journeys.Keys));
        for (var wanted = seen.ToList(); wanted.Count > 0;)
        {
            var stored = await session.FindByIdsAsync(
                collections.Journeys(generation), wanted.Select(BsonValues.ToBson), cancellation, only);
            wanted.Clear();
            foreach (var document in stored)
            {
                if (document.Contains("mergedInto"))
                {
                    if (seen.Add(document.Id("mergedInto"))) wanted.Add(document.Id("mergedInto"));
                }
                else if (StoredErasure.TryErase(erasure, document.Bytes("journey"), documents) is { } journey)
                {
                    // The new version makes a commit fail that was planned on the journey with the person.
                    var version = new BsonDocument("$inc", new BsonDocument("version", 1L));
                    writes.Add(BsonUpdates.ToSetUpdate(document, "journey", journey, version));
                }
            }
        }
        await session.WriteAsync(collections.Journeys(generation), writes, cancellation);
        return writes.Count;
    }

    private Task<long> EraseAliasesAsync(MongoSession session, long generation, CancellationToken cancellation)
    {
        var ids = erasure.Aliases.Select(alias => (BsonValue)MongoAliases.IdOf(new(erasure.Brand, alias)));
        return session.DeleteByIdsAsync(collections.Aliases(generation), ids, cancellation);
    }

    private async Task<long> EraseCausesAsync(MongoSession session, CancellationToken cancellation)
    {
        var found = await session.FindByIdsAsync(collections.Ledger, search.LedgerEntries, cancellation, new("causedBy", 1));
        var writes = found
            .Where(entry => erasure.OccursIn(entry.Text("causedBy")))
            .Select(entry => BsonUpdates.ToSetUpdate(entry, "causedBy", erasure.Replace(entry.Text("causedBy")))).ToList();
        await session.WriteAsync(collections.Ledger, writes, cancellation);
        return writes.Count;
    }

    private Task<long> EraseRejectionsAsync(MongoSession session, CancellationToken cancellation) =>
        session.DeleteByIdsAsync(collections.Rejections, search.Rejections, cancellation);
}
