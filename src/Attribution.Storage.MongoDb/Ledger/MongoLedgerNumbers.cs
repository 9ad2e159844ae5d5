using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Ledger;

/// <summary>
/// Numbers of ledger entries. A commit does not assign them, because all commits would then conflict. They are assigned
/// when a page is requested, so that an entry committed later has a greater number.
/// </summary>
internal static class MongoLedgerNumbers
{
    private const int BatchSize = 1_000;

    private static BsonDocument CounterFilter => new("_id", "lines");

    /// <summary>Assigns numbers to all entries that have none, batch by batch.</summary>
    public static async ValueTask AssignAsync(
        MongoTransactions transactions, MongoCollections collections, CancellationToken cancellation)
    {
        while (await transactions.RunTransactionAsync(session => AssignBatchAsync(session, collections, cancellation), cancellation))
        {
        }
    }

    /// <summary>Reads the last number that was assigned; 0 if there is none.</summary>
    public static async Task<long> ReadLastAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation) =>
        (await session.FirstAsync(collections.Meta, CounterFilter, cancellation))?.Number("number") ?? 0;

    /// <summary>Assigns numbers to a batch of entries.</summary>
    /// <returns>True if further entries may have no number.</returns>
    private static async Task<bool> AssignBatchAsync(
        MongoSession session, MongoCollections collections, CancellationToken cancellation)
    {
        var fresh = await session.FindAsync(
            collections.Ledger, new("fresh", true), cancellation, sort: new("_id", 1), limit: BatchSize,
            only: new() { { "brand", 1 }, { "conversion", 1 } });
        if (fresh.Count == 0)
        {
            session.Abandon();
            return false;
        }
        var number = await ReadLastAsync(session, collections, cancellation);
        // Concurrent transactions conflict at this document, and one of them is restarted.
        await session.UpsertAsync(
            collections.Meta, new() { { "_id", "lines" }, { "number", number + fresh.Count } }, cancellation);
        await session.WriteAsync(
            collections.Ledger,
            fresh.ConvertAll(entry => new UpdateOneModel<BsonDocument>(
                entry,
                new BsonDocument { { "$set", new BsonDocument("number", ++number) }, { "$unset", new BsonDocument("fresh", 1) } })),
            cancellation);
        return fresh.Count == BatchSize;
    }
}
