using System.Collections.Immutable;
using Attribution.Core.Ledger;
using Attribution.Core.Payouts;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Payouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

// A statement is one document with its lines; what was paid is added to it once, the rest never changes. An approval is one document. Two that take
// the same number conflict, and one of them begins again.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEarningCreatorsAsync(string brand, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<string>>(
            async session => [.. (await session.AggregateAsync(
                Ledger, cancellation,
                new("$match", new BsonDocument { { "brand", brand }, { "commission", new BsonDocument("$ne", 0L) } }),
                new("$group", new BsonDocument("_id", "$creator")))).Select(creator => creator.Text("_id")).Order(StringComparer.Ordinal)],
            cancellation);

    /// <inheritdoc/>
    public ValueTask<CreatorAccount> ReadAccountAsync(string brand, string creator, DateOnly through, CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                var lines = await session.AggregateAsync(
                    Ledger, cancellation,
                    new("$match", new BsonDocument
                    {
                        { "brand", brand }, { "creator", creator }, { "commission", new BsonDocument("$ne", 0L) }, { "entryDay", new BsonDocument("$lte", through.DayNumber) },
                    }),
                    new("$group", new BsonDocument
                    {
                        { "_id", new BsonDocument { { "conversion", "$conversion" }, { "campaign", "$campaign" }, { "day", "$orderDay" }, { "reason", "$reason" } } },
                        { "commission", new BsonDocument("$sum", "$commission") },
                    }));
                // The reason parts an agreement's lines alone.
                var earned = lines.Select(line => (Line: line, Of: line["_id"].AsBsonDocument))
                    .GroupBy(
                        one => (
                            Key: one.Of.Text("conversion"), Campaign: one.Of.Text("campaign"), Day: one.Of.Day("day"),
                            Reason: PayoutItemKey.IsAdjustment(one.Of.Text("conversion")) ? (LedgerReason?)one.Of.Number("reason") : null),
                        (of, parts) => new Earning(of.Key, of.Campaign, of.Day, of.Reason, parts.Sum(part => ReadSum(part.Line, "commission"))));

                var statements = await session.FindAsync(Statements, new() { { "brand", brand }, { "creator", creator } }, cancellation, sort: new("month", 1));
                var stated = statements.SelectMany(StatementLinesFromBson).GroupBy(line => (line.Item, line.Campaign))
                    .Select(lines => new StatementItemSum(lines.Key.Item, lines.Key.Campaign, lines.Max(line => line.Day), lines.Sum(line => line.Amount)));
                var approvals = await session.FindAsync(Approvals, new() { { "brand", brand }, { "creator", creator } }, cancellation);
                return new CreatorAccount
                {
                    Creator = creator, Earnings = [.. earned], StatementSums = [.. stated],
                    Approvals = approvals.ToImmutableDictionary(one => (one.Text("item"), one.Text("campaign")), one => new Approval(one.Text("by"), one.Instant("at"))),
                    LastMonth = statements.LastOrDefault()?.Day("month"), CarriedForward = statements.LastOrDefault()?.Number("carriedOut") ?? 0,
                    ClosedThrough = await ReadClosedThroughAsync(session, brand, null, cancellation),
                };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> CloseStatementAsync(string brand, CreatorAccount read, PayoutStatement statement, ActorStamp by, CancellationToken cancellation) =>
        RunTransactionAsync<ClosedPayoutStatement?>(
            async session =>
            {
                var before = await session.FirstAsync(Statements, new() { { "brand", brand }, { "creator", read.Creator } }, cancellation, sort: new("month", -1));
                if (before?.Day("month") != read.LastMonth)
                {
                    session.Abandon();
                    return null;
                }
                var number = ((await session.FirstAsync(Statements, new("brand", brand), cancellation, sort: new("number", -1)))?.Number("number") ?? 0) + 1;
                var closed = new BsonDocument
                {
                    { "_id", StatementId(brand, number) }, { "brand", brand }, { "number", number }, { "creator", read.Creator }, { "month", statement.Month.DayNumber },
                    { "carriedIn", statement.BroughtForward }, { "carriedOut", statement.CarriedForward }, { "closedAt", by.At.UnixMilliseconds }, { "closedBy", by.By },
                    { "lines", new BsonArray(statement.Lines.Select(StatementLineToBson)) },
                }.AddIfPresent("closedByKey", by.KeyId);
                await session.InsertAsync(Statements, [closed], cancellation);
                return StatementFromBson(closed);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(string brand, string creator, DateOnly month, CancellationToken cancellation) =>
        FindStatementAsync(new BsonDocument { { "brand", brand }, { "creator", creator }, { "month", month.DayNumber } }, cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> FindStatementAsync(string brand, long number, CancellationToken cancellation) =>
        FindStatementAsync(new BsonDocument("_id", StatementId(brand, number)), cancellation);

    /// <inheritdoc/>
    public ValueTask<ClosedPayoutStatement?> MarkStatementPaidAsync(string brand, long number, ActorStamp by, string? reference, CancellationToken cancellation) =>
        RunTransactionAsync(
            async session =>
            {
                if (await session.FirstAsync(Statements, new("_id", StatementId(brand, number)), cancellation) is not { } statement) return null;
                if (statement.Contains("paidAt")) return StatementFromBson(statement);
                statement.Add("paidAt", by.At.UnixMilliseconds).Add("paidBy", by.By).AddIfPresent("paidByKey", by.KeyId).AddIfPresent("reference", reference);
                await UpsertAsync(session, Statements, statement, cancellation);
                return StatementFromBson(statement);
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> ApproveItemsAsync(string brand, string creator, IReadOnlyCollection<(string Item, string Campaign)> items, ActorStamp by, CancellationToken cancellation) =>
        RunTransactionAsync(
            async session =>
            {
                var known = (await session.FindAsync(Approvals, new() { { "brand", brand }, { "creator", creator } }, cancellation)).Select(one => (Item: one.Text("item"), Campaign: one.Text("campaign")));
                var fresh = items.Distinct().Except(known).ToList();
                await session.InsertAsync(
                    Approvals,
                    fresh.ConvertAll(one => new BsonDocument
                    {
                        { "_id", $"{brand} {creator} {one.Campaign} {one.Item}" }, { "brand", brand }, { "creator", creator }, { "item", one.Item }, { "campaign", one.Campaign },
                        { "at", by.At.UnixMilliseconds }, { "by", by.By },
                    }.AddIfPresent("byKey", by.KeyId)),
                    cancellation);
                return (long)fresh.Count;
            },
            cancellation);

    private ValueTask<ClosedPayoutStatement?> FindStatementAsync(BsonDocument filter, CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => await session.FirstAsync(Statements, filter, cancellation) is { } statement ? StatementFromBson(statement) : null, cancellation);

    private static string StatementId(string brand, long number) => FormattableString.Invariant($"{brand} {number}");

    private static ClosedPayoutStatement StatementFromBson(BsonDocument statement) => new(
        statement.Number("number"), statement.Text("creator"),
        new() { Month = statement.Day("month"), Lines = [.. StatementLinesFromBson(statement)], BroughtForward = statement.Number("carriedIn") },
        new(statement.Text("closedBy"), statement.TextOrNull("closedByKey"), statement.Instant("closedAt")),
        statement.InstantOrNull("paidAt") is { } paid ? new(statement.Text("paidBy"), statement.TextOrNull("paidByKey"), paid) : null,
        statement.TextOrNull("reference"));

    private static BsonDocument StatementLineToBson(PayoutStatementLine line) => new BsonDocument
    {
        { "item", line.Item }, { "campaign", line.Campaign }, { "day", line.Day.DayNumber }, { "kind", (int)line.Kind }, { "amount", line.Amount }, { "approvedBy", line.ApprovedBy },
    }.AddIfPresent("agreement", line.Agreement).AddIfPresent("approvedAt", line.ApprovedAt);

    private static IEnumerable<PayoutStatementLine> StatementLinesFromBson(BsonDocument statement) =>
        statement["lines"].AsBsonArray.Select(line => line.AsBsonDocument)
            .Select(line => new PayoutStatementLine
            {
                Item = line.Text("item"), Campaign = line.Text("campaign"), Day = line.Day("day"), Agreement = line.TextOrNull("agreement"),
                Kind = (StatementLineKind)line.Number("kind"), Amount = line.Number("amount"), ApprovedBy = line.Text("approvedBy"), ApprovedAt = line.InstantOrNull("approvedAt"),
            })
            .OrderBy(line => line.Day).ThenBy(line => line.Item, StringComparer.Ordinal).ThenBy(line => line.Campaign, StringComparer.Ordinal);
}
