using Attribution.Core.Planning;
using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Storage.Codecs;
using Attribution.Storage.Journeys;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// A commit: about ten statements, however much it holds.
public sealed partial class MongoStore
{
    /// <summary>How many cells a delta holds at most: some 4 MiB where every number of them is large.</summary>
    private const int MaxCellsPerDelta = 4_000;

    /// <inheritdoc/>
    public ValueTask<CommitOutcome> CommitAsync(JourneyCommit commit, CancellationToken cancellation) =>
        CommitAsync(EncodedCommit.Encode(commit, archivePacks: rebuildGeneration is null), cancellation);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(EncodedCommit encoded, CancellationToken cancellation)
    {
        var commit = encoded.Commit;
        commit.Validate();
        var packs = commit.Packs.Select((pack, i) => PackToBson(pack.PackId, rebuildGeneration is null ? encoded.Packs[i] : null)).ToList();
        var journeys = commit.Journeys.Select((stored, i) => ToJourneyWrite(stored, encoded.Journeys[i])).Concat(commit.Tombstones.Select(ToTombstoneWrite)).ToList();
        var deltas = DeltasToBson(commit.Deltas, commit.At, new DocumentWriter());
        try
        {
            return await RunTransactionAsync(
                async session =>
                {
                    var outcome = await WriteCommitAsync(session, commit, packs, journeys, deltas, cancellation);
                    if (outcome != CommitOutcome.Committed) session.Abandon();
                    return outcome;
                },
                cancellation);
        }
        catch (MongoFaultException e) when (e.IsDuplicate)
        {
            // A pack, journey or alias of that id is there.
            return CommitOutcome.Conflict;
        }
    }

    private async Task<CommitOutcome> WriteCommitAsync(
        MongoSession session, JourneyCommit commit, List<BsonDocument> packs, List<WriteModel<BsonDocument>> journeys, List<BsonDocument> deltas, CancellationToken cancellation)
    {
        var meta = await ReadMetaAsync(session, cancellation);
        if (meta.Number("catalogVersion") > commit.CatalogVersion) return CommitOutcome.CatalogChanged;
        var generation = meta.Number("generation");
        if (commit.Generation is { } read && read != generation) return CommitOutcome.Conflict;

        await session.InsertAsync(Packs, packs, cancellation);
        if (await session.WriteAsync(Journeys(generation), journeys, cancellation) < journeys.Count(write => write.ModelType != WriteModelType.InsertOne)
            || !await TouchSurvivorsAsync(session, commit, generation, cancellation)) return CommitOutcome.Conflict;
        await WriteAliasesAsync(session, commit, generation, cancellation);
        if (commit.Matched.Count > 0)
            await session.UpdateAsync(
                Items, new() { { "_id", BsonValues.MatchAny(commit.Matched.Select(item => (BsonValue)ItemId(item))) }, { "matched", false } }, new("$set", new BsonDocument("matched", true)), cancellation);
        await WriteAccrualsAsync(session, commit, generation, cancellation);
        if (rebuildGeneration is null)
        {
            await InsertLedgerAsync(session, commit.Ledger, cancellation);
            await session.InsertAsync(Rejections, [.. commit.Rejections.Select(RejectionToBson)], cancellation);
            await session.InsertAsync(Deltas, deltas, cancellation);
        }
        await EnterGateAsync(session, cancellation);
        return CommitOutcome.Committed;
    }

    private static BsonDocument PackToBson(Guid id, byte[]? archive) =>
        new BsonDocument { { "_id", BsonValues.ToBson(id) }, { "seq", ObjectId.GenerateNewId() } }.AddIfPresent("archive", archive is null ? null : (BsonValue)archive);

    private static WriteModel<BsonDocument> ToJourneyWrite(StoredJourney stored, byte[] encoded)
    {
        var (journey, version) = stored;
        var document = new BsonDocument
        {
            { "_id", BsonValues.ToBson(journey.Id) }, { "version", version + 1 }, { "catalogVersion", journey.CatalogVersion }, { "brand", journey.Brand },
            { "journey", encoded },
        };
        if (!journey.Conversions.IsEmpty) document.Add("convertedOn", journey.Conversions.Max(conversion => conversion.Day.DayNumber));
        return version == 0 ? new InsertOneModel<BsonDocument>(document) : new ReplaceOneModel<BsonDocument>(LiveJourneyAtFilter(journey.Id, version), document);
    }

    private static UpdateOneModel<BsonDocument> ToTombstoneWrite(Tombstone tombstone) => new(
        LiveJourneyAtFilter(tombstone.Id, tombstone.Version),
        new BsonDocument
        {
            { "$set", new BsonDocument { { "version", tombstone.Version + 1 }, { "mergedInto", BsonValues.ToBson(tombstone.MergedInto) } } },
            { "$unset", new BsonDocument { { "journey", 1 }, { "catalogVersion", 1 }, { "convertedOn", 1 } } },
        });

    /// <summary>What was merged away has no catalog version.</summary>
    private static BsonDocument LiveJourneyFilter(Guid id) => new() { { "_id", BsonValues.ToBson(id) }, { "catalogVersion", new BsonDocument("$exists", true) } };

    private static BsonDocument LiveJourneyAtFilter(Guid id, long version) => LiveJourneyFilter(id).Add("version", version);

    /// <summary>
    /// False: a journey that others are merged into, and that is not written itself, is merged away by now; it would be found all the same, but
    /// what it was given would be lost. It is written to, so that nobody merges it away at the same time.
    /// </summary>
    private async Task<bool> TouchSurvivorsAsync(MongoSession session, JourneyCommit commit, long generation, CancellationToken cancellation)
    {
        var written = commit.Journeys.Select(stored => stored.Journey.Id).ToHashSet();
        foreach (var into in commit.Tombstones.Select(tombstone => tombstone.MergedInto).Where(id => !written.Contains(id)).Distinct())
        {
            if (await session.UpdateAsync(Journeys(generation), LiveJourneyFilter(into), new("$inc", new BsonDocument("survived", 1)), cancellation) == 1) continue;
            await EnsureJourneysExistAsync(session, generation, [into], cancellation);
            return false;
        }
        return true;
    }

    private async Task WriteAliasesAsync(MongoSession session, JourneyCommit commit, long generation, CancellationToken cancellation)
    {
        var written = commit.Journeys.Select(stored => stored.Journey.Id).ToHashSet();
        await EnsureJourneysExistAsync(session, generation, [.. commit.Aliases.Concat(commit.MovedAliases).Select(alias => alias.Value).Where(id => !written.Contains(id)).Distinct()], cancellation);
        await session.InsertAsync(
            Aliases(generation), [.. commit.Aliases.Select(alias => new BsonDocument { { "_id", AliasId(alias.Key) }, { "journey", BsonValues.ToBson(alias.Value) } })], cancellation);
        // Which journey an alias leads to changes only in a commit that writes or ends that journey; so once the versions agree, it leads where it led when it was read.
        var moves = commit.MovedAliases.Select(alias => new UpdateOneModel<BsonDocument>(
            new BsonDocument("_id", AliasId(alias.Key)), new BsonDocument("$set", new BsonDocument("journey", BsonValues.ToBson(alias.Value))))).ToList();
        if (await session.WriteAsync(Aliases(generation), moves, cancellation) < moves.Count)
            throw new ArgumentException($"The commit moves an alias that is not known; it is one of '{string.Join("', '", commit.MovedAliases.Select(alias => alias.Key.Text))}'.", nameof(commit));
    }

    private async Task EnsureJourneysExistAsync(MongoSession session, long generation, List<Guid> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) return;
        var there = await session.FindAsync(Journeys(generation), BsonValues.MatchIds(ids), cancellation, only: new("_id", 1));
        if (ids.Except(there.Select(journey => journey.Id())).Cast<Guid?>().FirstOrDefault() is { } missing)
            throw new ArgumentException($"The commit names the journey {missing}, which is neither stored nor part of it.", nameof(ids));
    }

    // Brand ids hold no blank, so the first blank parts the two.
    private static string AliasId(in AliasKey alias) => string.Concat(alias.Brand, " ", alias.Text);

    /// <summary>Deltas, one a brand; what would outgrow a document is parted, as a repair or a change of many costs may have to be.</summary>
    private static List<BsonDocument> DeltasToBson(MeasureSums sums, Timestamp at, DocumentWriter documents) =>
    [
        .. sums.Cells.Where(cell => !cell.Value.IsZero).GroupBy(cell => cell.Key.Brand, StringComparer.Ordinal).SelectMany(brand => brand.Chunk(MaxCellsPerDelta).Select(cells => new BsonDocument
        {
            { "_id", ObjectId.GenerateNewId() }, { "brand", brand.Key }, { "at", at.UnixMilliseconds }, { "sums", MeasureCodec.Encode(cells, documents) },
        })),
    ];

    private Task<BsonDocument> ReadMetaAsync(MongoSession session, CancellationToken cancellation) => ReadMetaFromAsync(session, Meta, cancellation);

    private static async Task<BsonDocument> ReadMetaFromAsync(MongoSession session, IMongoCollection<BsonDocument> meta, CancellationToken cancellation) =>
        await session.FirstAsync(meta, new("_id", "store"), cancellation)
        ?? throw new StoreUnusableException($"{meta.CollectionNamespace} is damaged (what it says of the store is missing): restore it from a copy, or name another database.");

    private async Task<long> ReadGenerationAsync(MongoSession session, CancellationToken cancellation) => (await ReadMetaAsync(session, cancellation)).Number("generation");
}
