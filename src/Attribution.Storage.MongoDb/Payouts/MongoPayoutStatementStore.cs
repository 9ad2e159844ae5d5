using Attribution.Core.Payouts;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>
/// Creators' accounts, closed payout statements and approvals. Transactions that would assign the same number to two
/// statements conflict, and one of them is restarted.
/// </summary>
internal sealed class MongoPayoutStatementStore(MongoStoreContext context) : IPayoutStatementStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;

    public ValueTask<IReadOnlyList<string>> ListEarningCreatorsAsync(string brand, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<string>>(
            async session =>
            {
                var creators = await session.AggregateAsync(
                    collections.Ledger, cancellation,
                    new("$match", new BsonDocument { { "brand", brand }, { "commission", new BsonDocument("$ne", 0L) } }),
                    new("$group", new BsonDocument("_id", "$creator")));
                return [.. creators.Select(creator => creator.Text("_id")).Order(StringComparer.Ordinal)];
            },
            cancellation);

    public ValueTask<CreatorAccount> ReadAccountAsync(
        string brand, string creator, DateOnly through, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            session => MongoCreatorAccounts.ReadAsync(session, collections, brand, creator, through, cancellation),
            cancellation);

    public ValueTask<ClosedPayoutStatement?> CloseStatementAsync(
        string brand, CreatorAccount read, PayoutStatement statement, ActorStamp by, CancellationToken cancellation) =>
        transactions.RunTransactionAsync<ClosedPayoutStatement?>(
            async session =>
            {
                var before = await session.FirstAsync(
                    collections.Statements, new() { { "brand", brand }, { "creator", read.Creator } }, cancellation,
                    sort: new("month", -1));
                var last = await session.FirstAsync(
                    collections.Statements, new("brand", brand), cancellation, sort: new("number", -1));
                if (PayoutStatementClosing.NextNumber(read, before?.Day("month"), last?.Number("number") ?? 0) is not { } number)
                {
                    session.Abandon();
                    return null;
                }
                var closed = MongoPayoutStatementDocuments.ToBson(brand, number, read.Creator, statement, by);
                await session.InsertAsync(collections.Statements, [closed], cancellation);
                return MongoPayoutStatementDocuments.FromBson(closed);
            },
            cancellation);

    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(
        string brand, string creator, DateOnly month, CancellationToken cancellation) =>
        FindAsync(new() { { "brand", brand }, { "creator", creator }, { "month", month.DayNumber } }, cancellation);

    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(
        string brand, long number, CancellationToken cancellation) =>
        FindAsync(new("_id", MongoPayoutStatementDocuments.IdOf(brand, number)), cancellation);

    public ValueTask<ClosedPayoutStatement?> MarkStatementPaidAsync(
        string brand, long number, ActorStamp by, string? reference, CancellationToken cancellation)
    {
        var filter = new BsonDocument("_id", MongoPayoutStatementDocuments.IdOf(brand, number));
        return transactions.RunTransactionAsync(
            async session =>
            {
                if (await session.FirstAsync(collections.Statements, filter, cancellation) is not { } statement) return null;
                if (MongoPayoutStatementDocuments.TryAddPayment(statement, by, reference))
                {
                    var last = await session.FirstAsync(
                        collections.Statements, new() { { "brand", brand }, { "payment", new BsonDocument("$exists", true) } }, cancellation,
                        sort: new("payment", -1));
                    statement.Add("payment", (last?.Number("payment") ?? 0) + 1);
                    await session.UpsertAsync(collections.Statements, statement, cancellation);
                }
                return MongoPayoutStatementDocuments.FromBson(statement);
            },
            cancellation);
    }

    public ValueTask<IReadOnlyList<(long Payment, long Statement)>> ListPaymentsAsync(
        string brand, long after, int limit, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync<IReadOnlyList<(long, long)>>(
            async session => (await session.FindAsync(
                collections.Statements, new() { { "brand", brand }, { "payment", new BsonDocument("$gt", after) } }, cancellation,
                sort: new("payment", 1), limit: limit, only: new() { { "payment", 1 }, { "number", 1 } }))
                .ConvertAll(statement => (statement.Number("payment"), statement.Number("number"))),
            cancellation);

    public ValueTask<(long Statement, long Payment)> ReadLastNumbersAsync(string brand, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => (
                (await session.FirstAsync(collections.Statements, new("brand", brand), cancellation, sort: new("number", -1)))?.Number("number") ?? 0,
                (await session.FirstAsync(
                    collections.Statements, new() { { "brand", brand }, { "payment", new BsonDocument("$exists", true) } }, cancellation,
                    sort: new("payment", -1)))?.Number("payment") ?? 0),
            cancellation);

    public ValueTask<long> ApproveItemsAsync(
        string brand, string creator, IReadOnlyCollection<(string Item, string Campaign)> items, ActorStamp by,
        CancellationToken cancellation) =>
        transactions.RunTransactionAsync(
            async session =>
            {
                var approved = (await session.FindAsync(
                    collections.Approvals, new() { { "brand", brand }, { "creator", creator } }, cancellation))
                    .Select(approval => (Item: approval.Text("item"), Campaign: approval.Text("campaign")));
                var added = items.Distinct().Except(approved).ToList();
                await session.InsertAsync(
                    collections.Approvals,
                    added.ConvertAll(item => new BsonDocument
                    {
                        { "_id", $"{brand} {creator} {item.Campaign} {item.Item}" }, { "brand", brand }, { "creator", creator },
                        { "item", item.Item }, { "campaign", item.Campaign }, { "at", by.At.UnixMilliseconds }, { "by", by.By },
                    }.AddIfPresent("byKey", by.KeyId)),
                    cancellation);
                return (long)added.Count;
            },
            cancellation);

    private ValueTask<ClosedPayoutStatement?> FindAsync(BsonDocument filter, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => await session.FirstAsync(collections.Statements, filter, cancellation) is { } statement
                ? MongoPayoutStatementDocuments.FromBson(statement)
                : null,
            cancellation);
}
