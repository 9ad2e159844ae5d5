using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.MongoDb.Catalog;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Ledger;
using Attribution.Storage.MongoDb.Payouts;
using Attribution.Storage.MongoDb.Rejections;
using Attribution.Storage.MongoDb.Rollups;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Journeys;

/// <summary>
/// A commit as documents, and its transaction: about ten statements, regardless of the size of the commit.
/// </summary>
internal sealed class MongoJourneyCommit
{
    private readonly MongoStoreContext context;
    private readonly JourneyCommit commit;
    private readonly List<BsonDocument> packs;
    private readonly List<WriteModel<BsonDocument>> journeys;
    private readonly List<BsonDocument> deltas;

    public MongoJourneyCommit(MongoStoreContext context, EncodedCommit encoded)
    {
        (this.context, commit) = (context, encoded.Commit);
        packs = [.. commit.Packs.Select((pack, i) => MongoPacks.ToBson(pack.PackId, IsRebuild ? null : encoded.Packs[i]))];
        journeys =
        [
            .. commit.Journeys.Select((stored, i) => MongoJourneyDocuments.ToWrite(stored, encoded.Journeys[i])),
            .. commit.Tombstones.Select(MongoJourneyDocuments.ToTombstoneWrite),
        ];
        deltas = MongoDeltas.ToBson(commit.Deltas, commit.At, new DocumentWriter());
    }

    private bool IsRebuild => context.RebuildGeneration is not null;

    private MongoCollections Collections => context.Collections;

    /// <summary>
    /// Writes the commit. If the outcome is not <see cref="CommitOutcome.Committed"/>, the caller abandons the
    /// transaction.
    /// </summary>
    public async Task<CommitOutcome> WriteAsync(MongoSession session, CancellationToken cancellation)
    {
        var meta = await MongoMeta.ReadAsync(session, Collections, cancellation);
        if (meta.Number("catalogVersion") > commit.CatalogVersion) return CommitOutcome.CatalogChanged;
        var generation = meta.Number("generation");
        if (commit.Generation is { } read && read != generation) return CommitOutcome.Conflict;

        await session.InsertAsync(Collections.Packs, packs, cancellation);
        var updates = journeys.Count(write => write.ModelType != WriteModelType.InsertOne);
        if (await session.WriteAsync(Collections.Journeys(generation), journeys, cancellation) < updates
            || !await TouchSurvivorsAsync(session, generation, cancellation)) return CommitOutcome.Conflict;
        await MongoAliases.WriteAsync(session, Collections, commit, generation, cancellation);
        if (commit.Matched.Count > 0) await MongoCatalogItems.MarkMatchedAsync(session, Collections, commit.Matched, cancellation);
        await MongoAccruals.WriteAsync(session, Collections, commit, generation, cancellation);
        if (!IsRebuild)
        {
            await MongoLedgerEntries.InsertAsync(session, Collections, commit.Ledger, cancellation);
            await session.InsertAsync(
                Collections.Rejections, [.. commit.Rejections.Select(MongoRejectionDocuments.ToBson)], cancellation);
            await session.InsertAsync(Collections.Deltas, deltas, cancellation);
        }
        await context.Gates.EnterGateAsync(session, cancellation);
        return CommitOutcome.Committed;
    }

    /// <summary>
    /// Writes to each journey that others are merged into and that the commit does not write itself, so that no other
    /// transaction merges it at the same time.
    /// </summary>
    /// <returns>
    /// False if such a journey was merged itself: it would still be found, but its new contents would be lost.
    /// </returns>
    private async Task<bool> TouchSurvivorsAsync(MongoSession session, long generation, CancellationToken cancellation)
    {
        var written = commit.Journeys.Select(stored => stored.Journey.Id).ToHashSet();
        var survivors = commit.Tombstones.Select(tombstone => tombstone.MergedInto).Where(id => !written.Contains(id)).Distinct();
        var touch = new BsonDocument("$inc", new BsonDocument("survived", 1));
        foreach (var survivor in survivors)
        {
            var filter = MongoJourneyDocuments.LiveFilterFor(survivor);
            if (await session.UpdateAsync(Collections.Journeys(generation), filter, touch, cancellation) == 1) continue;
            await MongoAliases.EnsureJourneysExistAsync(session, Collections, generation, [survivor], cancellation);
            return false;
        }
        return true;
    }
}
