using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Storage.Export;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Ledger;

/// <summary>Reads ledger entries. Commits, settlements and rebuilds append them.</summary>
internal sealed class MongoLedgerStore(MongoStoreContext context) : ILedgerStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(
        string brand, string conversion, CancellationToken cancellation)
    {
        var filter = new BsonDocument { { "brand", brand }, { "conversion", conversion } };
        return transactions.ReadSnapshotAsync<IReadOnlyList<LedgerEntry>>(
            async session => (await session.FindAsync(collections.Ledger, filter, cancellation, sort: new("_id", 1)))
                .ConvertAll(MongoLedgerEntries.FromBson),
            cancellation);
    }

    public async ValueTask<LedgerPage> ReadLedgerPageAsync(
        string brand, string? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var from = after is null ? 0 : ExportCursor.ParseNumber(after);
        await MongoLedgerNumbers.AssignAsync(transactions, collections, cancellation);
        return await transactions.ReadSnapshotAsync(
            async session =>
            {
                var last = await MongoLedgerNumbers.ReadLastAsync(session, collections, cancellation);
                if (from > last) throw ExportCursor.AheadOfStore(after);
                var found = await session.FindAsync(
                    collections.Ledger, new() { { "brand", brand }, { "number", new BsonDocument("$gt", from) } }, cancellation,
                    sort: new("number", 1), limit: limit);
                var entries = found.ConvertAll(entry =>
                {
                    var restates = entry.Contains("restates") ? (RestatedDay)entry.Number("restates") : 0;
                    return new NumberedLedgerEntry(
                        entry.Number("number"), MongoLedgerEntries.FromBson(entry),
                        restates.HasFlag(RestatedDay.OrderDay), restates.HasFlag(RestatedDay.EntryDay));
                });
                // At the end, the cursor also passes the entries of other brands.
                var isEnd = entries.Count < limit;
                return new LedgerPage(entries, ExportCursor.Format(isEnd ? last : entries[^1].Number), !isEnd);
            },
            cancellation);
    }

    public async ValueTask<string> ReadLedgerEndAsync(CancellationToken cancellation)
    {
        await MongoLedgerNumbers.AssignAsync(transactions, collections, cancellation);
        return ExportCursor.Format(await transactions.ReadSnapshotAsync(
            session => MongoLedgerNumbers.ReadLastAsync(session, collections, cancellation), cancellation));
    }

    public ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var filter = MongoRestatements.ToFilter(query).AddCursor(cursor);
        return transactions.ReadSnapshotAsync<(IReadOnlyList<Restatement>, string?)>(
            async session =>
            {
                var found = await session.FindAsync(
                    collections.Ledger, filter, cancellation, sort: new() { { "recordedAt", 1 }, { "_id", 1 } }, limit: limit + 1);
                var entries = found.Take(limit).Select(MongoLedgerEntries.FromBson).ToList();
                if (entries.Count == 0) return ([], null);
                var closed = new BsonDocument
                {
                    { "brand", query.Brand }, { "through", new BsonDocument("$gte", entries.Min(Day).DayNumber) },
                };
                var closings = await session.FindAsync(
                    collections.Closings, closed, cancellation, sort: new("through", 1));
                var restatements = entries.ConvertAll(entry => new Restatement(
                    entry, closings.First(closing => closing.Day("through") >= Day(entry)).Instant("at")));
                return (
                    restatements,
                    found.Count > limit ? MongoRestatements.FormatCursor(entries[^1], found[limit - 1]["_id"].AsObjectId) : null);
            },
            cancellation);

        DateOnly Day(LedgerEntry entry) => query.Day == RestatedDay.OrderDay ? entry.OrderDay : entry.EntryDay;
    }

    public ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(
        RestatementFilter query, CancellationToken cancellation)
    {
        var key = new BsonDocument { { "reason", "$reason" }, { "campaign", "$campaign" }, { "creator", "$creator" } };
        return transactions.ReadSnapshotAsync<IReadOnlyList<RestatementSum>>(
            async session =>
            {
                var sums = await session.AggregateAsync(
                    collections.Ledger, cancellation,
                    new("$match", MongoRestatements.ToFilter(query)),
                    new("$group", new BsonDocument
                    {
                        { "_id", key }, { "lines", new BsonDocument("$sum", 1L) },
                        { "amount", BsonValues.SumOf("amount") }, { "micros", BsonValues.SumOf("micros") },
                        { "commission", BsonValues.SumOf("commission") },
                    }),
                    new("$sort", new BsonDocument { { "_id.reason", 1 }, { "_id.campaign", 1 }, { "_id.creator", 1 } }));
                return sums.ConvertAll(sum =>
                {
                    var of = sum["_id"].AsBsonDocument;
                    return new RestatementSum(
                        (LedgerReason)of.Number("reason"), new Placement(of.Text("campaign"), of.Text("creator")),
                        sum.Number("lines"), sum.Wide("amount"), sum.Sum("micros"), sum.Wide("commission"));
                });
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation)
    {
        var days = new BsonDocument { { "$gte", from.DayNumber }, { "$lte", to.DayNumber } };
        var filter = new BsonDocument { { "brand", brand }, { "orderDay", days } }
            .AddIfPresent("campaign", campaign).AddIfPresent("creator", creator);
        var key = new BsonDocument { { "conversion", "$conversion" }, { "day", "$orderDay" } };
        return transactions.ReadSnapshotAsync<IReadOnlyList<ConversionSum>>(
            async session =>
            {
                var sums = await session.AggregateAsync(
                    collections.Ledger, cancellation,
                    new("$match", filter),
                    new("$group", new BsonDocument
                    {
                        { "_id", key }, { "net", BsonValues.SumOf("amount") },
                        { "micros", BsonValues.SumOf("micros") },
                        { "commission", BsonValues.SumOf("commission") },
                    }));
                return
                [
                    .. sums.Select(ToConversionSum)
                        .Where(sum => IdentityRules.IsConversionKey(sum.Conversion))
                        .Where(sum => (sum.Net, sum.Micros, sum.Commission) != (0, 0, 0))
                        .OrderBy(sum => sum.Conversion, StringComparer.Ordinal).ThenBy(sum => sum.OrderDay),
                ];
            },
            cancellation);
    }

    private static ConversionSum ToConversionSum(BsonDocument sum)
    {
        var of = sum["_id"].AsBsonDocument;
        return new ConversionSum(of.Text("conversion"), of.Day("day"), sum.Sum("net"), sum.Sum("micros"), sum.Sum("commission"));
    }
}
