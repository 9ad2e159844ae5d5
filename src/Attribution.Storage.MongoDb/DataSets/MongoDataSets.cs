using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.DataSets;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.DataSets;

/// <summary>The documents of data sets.</summary>
internal static class MongoDataSets
{
    /// <summary>Gets the filter for the applied sets.</summary>
    public static BsonDocument AppliedFilter => new("applied", new BsonDocument("$gte", 0L));

    /// <summary>
    /// Adds the data sets of the process that the store does not contain. A new store begins with them; a store that
    /// records none was evaluated with <see cref="DataSetContent.Unrecorded"/>.
    /// </summary>
    /// <exception cref="StoreUnusableException">The store was evaluated with a newer version than that of the process.</exception>
    public static async ValueTask AddAsync(
        MongoStoreContext context, IReadOnlyList<DataSetContent> sets, CancellationToken cancellation)
    {
        var collections = context.Collections;
        var stored = await context.Transactions.ReadSnapshotAsync(
            session => FindAsync(session, collections, [], cancellation), cancellation);
        if (FindMissing(stored, sets, isNewStore: true).Count > 0)
            stored = await context.Transactions.RunTransactionAsync(
                async session =>
                {
                    // Concurrent starts conflict at this document: otherwise a store could begin with two versions.
                    await session.UpdateAsync(
                        collections.Meta, MongoMeta.FormatsFilter, new("$inc", new BsonDocument("updates", 1L)), cancellation);
                    var known = await FindAsync(session, collections, [], cancellation);
                    var missing = FindMissing(known, sets, await IsNewAsync(session, collections, cancellation));
                    await session.InsertAsync(collections.DataSets, missing, cancellation);
                    return known.Concat(missing).ToList();
                },
                cancellation);
        foreach (var set in sets)
            if (stored.Where(known => IsOf(known, set.Kind) && IsApplied(known)).Max(known => known.Number("number")) is var current
                && current > set.Number)
                throw new StoreUnusableException(DataSetKinds.DescribeOlder(set.Kind, (int)current, set.Number)!);
    }

    /// <summary>Reads the history of the applied time zones.</summary>
    public static async Task<TimeZoneHistory> ReadTimeZonesAsync(
        MongoSession session, MongoCollections collections, ParsedDataSets<TimeZoneSet> sets, CancellationToken cancellation)
    {
        var applied = new List<AppliedTimeZones>();
        var filter = new BsonDocument(AppliedFilter).Add("kind", DataSetKinds.TimeZones);
        foreach (var set in await FindAsync(session, collections, filter, cancellation))
            applied.Add(new(
                await GetAsync(session, collections, sets, set, cancellation), set.Number("applied"), set.Instant("sealedBefore")));
        return TimeZoneHistory.FromApplied(applied);
    }

    /// <summary>Reads the current bot rules; those of the build if there are none.</summary>
    public static async Task<BotRules> ReadBotRulesAsync(
        MongoSession session, MongoCollections collections, ParsedDataSets<BotRules> sets, CancellationToken cancellation)
    {
        var filter = new BsonDocument(AppliedFilter).Add("kind", DataSetKinds.BotRules);
        return (await FindAsync(session, collections, filter, cancellation)).LastOrDefault() is { } current
            ? await GetAsync(session, collections, sets, current, cancellation) : BotRules.Default;
    }

    /// <summary>Reads the version of the catalog from which on fixed rates apply; null if they do not.</summary>
    public static async Task<long?> ReadFixedRatesVersionAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var filter = new BsonDocument(AppliedFilter)
        {
            { "kind", DataSetKinds.Currencies }, { "number", new BsonDocument("$gt", (long)Currency.UnrecordedListNumber) },
        };
        var sets = await FindAsync(session, collections, filter, cancellation);
        return sets.Count == 0 ? null : sets.Min(set => set.Number("applied"));
    }

    /// <summary>Returns the id of a version's document.</summary>
    public static string IdOf(string kind, int number) => FormattableString.Invariant($"{kind}/{number}");

    /// <summary>Finds documents without their contents.</summary>
    public static Task<List<BsonDocument>> FindAsync(
        MongoSession session, MongoCollections collections, BsonDocument filter, CancellationToken cancellation) =>
        session.FindAsync(
            collections.DataSets, filter, cancellation, sort: new("number", 1), only: new("content", 0));

    /// <summary>Returns true if a version is applied.</summary>
    public static bool IsApplied(BsonDocument set) => !set["applied"].IsBsonNull;

    private static async Task<T> GetAsync<T>(
        MongoSession session, MongoCollections collections, ParsedDataSets<T> sets, BsonDocument set, CancellationToken cancellation)
    {
        var number = (int)set.Number("number");
        return sets.TryGet(number, out var known)
            ? known
            : sets.Parse(
                number, (await session.FirstAsync(collections.DataSets, new("_id", set["_id"]), cancellation))!.Bytes("content"));
    }

    private static bool IsOf(BsonDocument set, string kind) => set.Text("kind") == kind;

    private static List<BsonDocument> FindMissing(List<BsonDocument> known, IReadOnlyList<DataSetContent> sets, bool isNewStore)
    {
        var missing = new List<BsonDocument>();
        foreach (var set in sets)
        {
            if (!known.Exists(stored => IsOf(stored, set.Kind) && IsApplied(stored)))
                missing.Add(ToBson(isNewStore ? set : DataSetContent.Unrecorded(set.Kind), 0L));
            if (!known.Concat(missing).Any(stored => stored["_id"] == IdOf(set.Kind, set.Number))) missing.Add(ToBson(set, BsonNull.Value));
        }

        return missing;
    }

    private static async Task<bool> IsNewAsync(MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var generation = await MongoMeta.ReadGenerationAsync(session, collections, cancellation);
        return await session.FirstAsync(collections.Journeys(generation), [], cancellation) is null
            && await session.FirstAsync(collections.Packs, [], cancellation) is null;
    }

    private static BsonDocument ToBson(DataSetContent set, BsonValue applied) => new()
    {
        { "_id", IdOf(set.Kind, set.Number) }, { "kind", set.Kind }, { "number", (long)set.Number }, { "version", set.Version },
        { "applied", applied }, { "sealedBefore", long.MinValue }, { "content", new BsonBinaryData(set.Content.ToArray()) },
    };
}
