using System.Text;
using Attribution.Core.Identity;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Erasures;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// Packs have no index by person, so all are looked through: those that there are before commits are barred, and what came since, and an hour
// more, while they are: that far may the clocks lie apart that the packs' order comes from.
public sealed partial class MongoStore
{
    private const int MaxDeletedPacks = 1_000;
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async ValueTask<ErasureOutcome?> EraseAsync(PersonErasure erasure, CancellationToken cancellation)
    {
        var (found, last) = await FindPacksAsync(erasure, ObjectId.Empty, cancellation);
        return await RunExclusiveAsync<ErasureOutcome?>(
            async bar =>
            {
                if (await RebuildMeta.AnyAsync(cancellation)) return null;
                var since = last == ObjectId.Empty ? last : ObjectId.Parse($"{last.Timestamp - (int)MaxClockSkew.TotalSeconds:x8}{new string('0', 16)}");
                foreach (var (id, pack) in (await FindPacksAsync(erasure, since, cancellation)).Found) found[id] = pack;
                return await RunTransactionAsync(
                    async session =>
                    {
                        await ReopenGatesAsync(session, bar, cancellation);
                        return await EraseAsync(session, erasure, found, cancellation);
                    },
                    cancellation);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<long> DeletePacksBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        RunExclusiveAsync(
            async bar => await RunTransactionAsync(
                async session =>
                {
                    await ReopenGatesAsync(session, bar, cancellation);
                    var old = new List<BsonValue>();
                    if (!await RebuildMeta.AnyAsync(cancellation))
                        await foreach (var pack in session.StreamAsync(Packs, [], new("seq", 1), MaxDeletedPacks, null, cancellation))
                        {
                            if (Timestamp.From(PackCodec.Decode(pack.Bytes("archive")).ReceivedAt) >= before) break;
                            old.Add(pack["_id"]);
                        }
                    if (old.Count == 0) return 0;
                    await session.UpdateAsync(Meta, new("_id", "store"), new("$set", new BsonDocument("packsForgotten", before.UnixMilliseconds)), cancellation);
                    return await session.DeleteAsync(Packs, new("_id", BsonValues.MatchAny(old)), cancellation);
                },
                cancellation),
            cancellation);

    /// <summary>
    /// Does nothing: what was replaced lies in the server's journal, oplog, free pages and backups until these are overwritten, which only the
    /// server's keeper can hasten (<c>infra/mongodb/README.md</c>).
    /// </summary>
    public ValueTask CompactAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private async Task<(Dictionary<Guid, (long Changed, long Remaining)> Found, ObjectId Last)> FindPacksAsync(PersonErasure erasure, ObjectId after, CancellationToken cancellation)
    {
        var found = new Dictionary<Guid, (long, long)>();
        while (true)
        {
            var packs = await ReadSnapshotAsync(session => session.FindAsync(Packs, new("seq", new BsonDocument("$gt", after)), cancellation, sort: new("seq", 1), limit: 256), cancellation);
            foreach (var pack in packs)
                if (PackErasure.Erase(PackCodec.Decode(pack.Bytes("archive")), erasure) is var (_, changed, remaining) && changed + remaining > 0) found[pack.Id()] = (changed, remaining);
            if (packs.Count == 0) return (found, after);
            after = packs[^1]["seq"].AsObjectId;
        }
    }

    private async Task<ErasureOutcome> EraseAsync(
        MongoSession session, PersonErasure erasure, Dictionary<Guid, (long Changed, long Remaining)> packs, CancellationToken cancellation)
    {
        var documents = new DocumentWriter();
        foreach (var some in packs.Where(pack => pack.Value.Changed > 0).Select(pack => pack.Key).Chunk(100))
        {
            var writes = (await session.FindAsync(Packs, BsonValues.MatchIds(some), cancellation)).ConvertAll(pack => ToSetUpdate(
                pack, "archive", PackCodec.Encode(PackErasure.Erase(PackCodec.Decode(pack.Bytes("archive")), erasure).Pack, documents)));
            await session.WriteAsync(Packs, writes, cancellation);
        }

        var generation = await ReadGenerationAsync(session, cancellation);
        var brand = new BsonDocument("brand", erasure.Brand);
        var journeys = new List<UpdateOneModel<BsonDocument>>();
        await foreach (var document in session.StreamAsync(Journeys(generation), new BsonDocument(brand).Merge(LiveFilter), null, null, new("journey", 1), cancellation))
        {
            if (!erasure.MayOccurIn(document.Bytes("journey"))) continue;
            var journey = JourneyCodec.Decode(document.Bytes("journey"));
            // The version says to whoever plans on the journey as it was that it is another now.
            if (erasure.Erase(journey) is var without && !ReferenceEquals(without, journey))
                journeys.Add(ToSetUpdate(document, "journey", JourneyCodec.Encode(without, documents), new("$inc", new BsonDocument("version", 1L))));
        }
        await session.WriteAsync(Journeys(generation), journeys, cancellation);

        var aliases = new BsonDocument("_id", BsonValues.MatchAny(erasure.Aliases.Select(alias => (BsonValue)AliasId(new(erasure.Brand, alias)))));
        var erasedAliases = await session.DeleteAsync(Aliases(generation), aliases, cancellation);

        var causes = new List<UpdateOneModel<BsonDocument>>();
        await foreach (var line in session.StreamAsync(Ledger, brand, null, null, new("causedBy", 1), cancellation))
            if (erasure.OccursIn(line.Text("causedBy"))) causes.Add(ToSetUpdate(line, "causedBy", erasure.Replace(line.Text("causedBy"))));
        await session.WriteAsync(Ledger, causes, cancellation);

        var rejections = new List<BsonValue>();
        await foreach (var rejection in session.StreamAsync(Rejections, brand, null, null, new() { { "payload", 1 }, { "eventId", 1 }, { "detail", 1 } }, cancellation))
            if (erasure.OccursIn(Encoding.UTF8.GetString(rejection.Bytes("payload"))) || erasure.OccursIn(rejection.TextOrNull("eventId") ?? "") || erasure.OccursIn(rejection.Text("detail")))
                rejections.Add(rejection["_id"]);
        var erasedRejections = rejections.Count == 0 ? 0 : await session.DeleteAsync(Rejections, new("_id", BsonValues.MatchAny(rejections)), cancellation);

        return new(packs.Values.Sum(pack => pack.Changed), journeys.Count, erasedAliases, causes.Count, erasedRejections, packs.Values.Sum(pack => pack.Remaining));
    }

    private static UpdateOneModel<BsonDocument> ToSetUpdate(BsonDocument document, string member, BsonValue value, BsonDocument? further = null) =>
        new(new BsonDocument("_id", document["_id"]), new BsonDocument("$set", new BsonDocument(member, value)).Merge(further ?? []));
}
