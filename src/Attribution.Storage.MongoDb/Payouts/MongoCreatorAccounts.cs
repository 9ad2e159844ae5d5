using System.Collections.Immutable;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Payouts;

/// <summary>A creator's account, read from ledger entries, statements and approvals.</summary>
internal static class MongoCreatorAccounts
{
    /// <summary>Reads the account with the entries through a day (inclusive).</summary>
    public static async Task<CreatorAccount> ReadAsync(
        MongoSession session, MongoCollections collections, string brand, string creator, DateOnly through,
        CancellationToken cancellation)
    {
        var of = new BsonDocument { { "brand", brand }, { "creator", creator } };
        var earnings = await ReadEarningsAsync(session, collections, brand, creator, through, cancellation);
        var statements = await session.FindAsync(collections.Statements, of, cancellation, sort: new("month", 1));
        var stated = statements.SelectMany(MongoPayoutStatementDocuments.LinesFromBson)
            .GroupBy(line => (line.Item, line.Campaign))
            .Select(lines => new StatementItemSum(
                lines.Key.Item, lines.Key.Campaign, lines.Max(line => line.Day), lines.SumWide(line => line.Amount)));
        var approvals = await session.FindAsync(collections.Approvals, of, cancellation);
        return new CreatorAccount
        {
            Creator = creator,
            Earnings = [.. earnings],
            StatementSums = [.. stated],
            Approvals = approvals.ToImmutableDictionary(
                approval => (approval.Text("item"), approval.Text("campaign")),
                approval => new Approval(approval.Text("by"), approval.Instant("at"))),
            LastMonth = statements.LastOrDefault()?.Day("month"),
            CarriedForward = statements.LastOrDefault()?.Wide("carriedOut") ?? 0,
            ClosedThrough = await MongoClosings.ReadClosedThroughAsync(session, collections, brand, null, cancellation),
        };
    }

    private static async Task<IEnumerable<Earning>> ReadEarningsAsync(
        MongoSession session, MongoCollections collections, string brand, string creator, DateOnly through,
        CancellationToken cancellation)
    {
        var entries = new BsonDocument
        {
            { "brand", brand }, { "creator", creator }, { "commission", new BsonDocument("$ne", 0L) },
            { "entryDay", new BsonDocument("$lte", through.DayNumber) },
        };
        var key = new BsonDocument
        {
            { "conversion", "$conversion" }, { "campaign", "$campaign" }, { "day", "$orderDay" }, { "reason", "$reason" },
        };
        var sums = await session.AggregateAsync(
            collections.Ledger, cancellation,
            new("$match", entries),
            new("$group", new BsonDocument { { "_id", key }, { "commission", BsonValues.SumOf("commission") } }));
        // Only the adjustments of an agreement are separate per reason.
        return sums.Select(sum => (Sum: sum, Key: sum["_id"].AsBsonDocument))
            .GroupBy(
                part => (
                    Key: part.Key.Text("conversion"), Campaign: part.Key.Text("campaign"), Day: part.Key.Day("day"),
                    Reason: PayoutItemKey.IsAdjustment(part.Key.Text("conversion"))
                        ? (LedgerReason?)part.Key.Number("reason")
                        : null),
                (item, parts) => new Earning(
                    item.Key, item.Campaign, item.Day, item.Reason,
                    parts.SumWide(part => part.Sum.Wide("commission"))));
    }
}
