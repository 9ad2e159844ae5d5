using System.Text;
using Attribution.Core.Identity;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Journeys;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Erasures;

/// <summary>The statements that erase a person from packs, journeys, aliases, ledger entries and rejections.</summary>
internal sealed class MongoPersonErasure(MongoCollections collections, PersonErasure erasure)
{
    private readonly BsonDocument brand = new("brand", erasure.Brand);

    /// <summary>Erases the person. Commits must be barred.</summary>
    /// <param name="session">Transaction that writes.</param>
    /// <param name="packs">
    /// Per pack with events of the person, the numbers of events to change and of events that keep an identifier.
    /// </param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<ErasureOutcome> EraseAsync(
        MongoSession session, Dictionary<Guid, (long Changed, long Remaining)> packs, CancellationToken cancellation)
    {
        var documents = new DocumentWriter();
        await ErasePacksAsync(session, packs, documents, cancellation);
        var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
        var journeys = await EraseJourneysAsync(session, generation, documents, cancellation);
        var aliases = await EraseAliasesAsync(session, generation, cancellation);
        var causes = await EraseCausesAsync(session, cancellation);
        var rejections = await EraseRejectionsAsync(session, cancellation);
        return new(
            packs.Values.Sum(pack => pack.Changed), journeys, aliases, causes, rejections,
            packs.Values.Sum(pack => pack.Remaining));
    }

    private async Task ErasePacksAsync(
        MongoSession session, Dictionary<Guid, (long Changed, long Remaining)> packs, DocumentWriter documents,
        CancellationToken cancellation)
    {
        foreach (var chunk in packs.Where(pack => pack.Value.Changed > 0).Select(pack => pack.Key).Chunk(100))
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
        var live = new BsonDocument(brand).Merge(MongoJourneyDocuments.LiveFilter);
        await foreach (var document in session.StreamAsync(
            collections.Journeys(generation), live, null, null, new("journey", 1), cancellation))
        {
            if (StoredErasure.TryErase(erasure, document.Bytes("journey"), documents) is not { } journey) continue;
            // The new version makes a commit fail that was planned on the journey with the person.
            var version = new BsonDocument("$inc", new BsonDocument("version", 1L));
            writes.Add(BsonUpdates.ToSetUpdate(document, "journey", journey, version));
        }
        await session.WriteAsync(collections.Journeys(generation), writes, cancellation);
        return writes.Count;
    }

    private Task<long> EraseAliasesAsync(MongoSession session, long generation, CancellationToken cancellation)
    {
        var ids = erasure.Aliases.Select(alias => (BsonValue)MongoAliases.IdOf(new(erasure.Brand, alias)));
        return session.DeleteAsync(collections.Aliases(generation), new("_id", BsonValues.MatchAny(ids)), cancellation);
    }

    private async Task<long> EraseCausesAsync(MongoSession session, CancellationToken cancellation)
    {
        var writes = new List<UpdateOneModel<BsonDocument>>();
        await foreach (var entry in session.StreamAsync(
            collections.Ledger, brand, null, null, new("causedBy", 1), cancellation))
        {
            if (erasure.OccursIn(entry.Text("causedBy")))
                writes.Add(BsonUpdates.ToSetUpdate(entry, "causedBy", erasure.Replace(entry.Text("causedBy"))));
        }
        await session.WriteAsync(collections.Ledger, writes, cancellation);
        return writes.Count;
    }

    private async Task<long> EraseRejectionsAsync(MongoSession session, CancellationToken cancellation)
    {
        var ids = new List<BsonValue>();
        var only = new BsonDocument { { "payload", 1 }, { "eventId", 1 }, { "detail", 1 } };
        await foreach (var rejection in session.StreamAsync(
            collections.Rejections, brand, null, null, only, cancellation))
        {
            if (erasure.OccursIn(Encoding.UTF8.GetString(rejection.Bytes("payload")))
                || erasure.OccursIn(rejection.TextOrNull("eventId") ?? "")
                || erasure.OccursIn(rejection.Text("detail")))
                ids.Add(rejection["_id"]);
        }
        return ids.Count == 0
            ? 0
            : await session.DeleteAsync(collections.Rejections, new("_id", BsonValues.MatchAny(ids)), cancellation);
    }
}
