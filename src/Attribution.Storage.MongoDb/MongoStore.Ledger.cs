using System.Globalization;
using Attribution.Core.Identity;
using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// Lines are appended by commits, and only read here. Whether its days were closed is written with a line that restates something, and with no
// other: an index of those holds few of many.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(string brand, string conversion, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<LedgerEntry>>(
            async session => (await session.FindAsync(Ledger, new() { { "brand", brand }, { "conversion", conversion } }, cancellation, sort: new("_id", 1))).ConvertAll(LedgerEntryFromBson),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<Restatement> Restatements, string? Cursor)> ListRestatementsAsync(
        RestatementFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var filter = RestatementMatch(query);
        if (ParseRestatementCursor(cursor) is var (recorded, id))
            filter.Add("$or", new BsonArray
            {
                new BsonDocument("recordedAt", new BsonDocument("$gt", recorded)), new BsonDocument { { "recordedAt", recorded }, { "_id", new BsonDocument("$gt", id) } },
            });
        return ReadSnapshotAsync<(IReadOnlyList<Restatement>, string?)>(
            async session =>
            {
                var found = await session.FindAsync(Ledger, filter, cancellation, sort: new() { { "recordedAt", 1 }, { "_id", 1 } }, limit: limit + 1);
                var lines = found.Take(limit).Select(LedgerEntryFromBson).ToList();
                if (lines.Count == 0) return ([], null);
                var closings = await session.FindAsync(
                    Closings, new() { { "brand", query.Brand }, { "through", new BsonDocument("$gte", lines.Min(Day).DayNumber) } }, cancellation, sort: new("through", 1));
                return (
                    lines.ConvertAll(line => new Restatement(line, closings.First(closing => closing.Day("through") >= Day(line)).Instant("at"))),
                    found.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{lines[^1].RecordedAt.UnixMilliseconds}.{found[limit - 1]["_id"].AsObjectId}") : null);
            },
            cancellation);

        DateOnly Day(LedgerEntry line) => query.Day == RestatedDay.OrderDay ? line.OrderDay : line.EntryDay;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RestatementSum>> SumRestatementsAsync(RestatementFilter query, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<RestatementSum>>(
            async session => (await session.AggregateAsync(
                Ledger, cancellation,
                new("$match", RestatementMatch(query)),
                new("$group", new BsonDocument
                {
                    { "_id", new BsonDocument { { "reason", "$reason" }, { "campaign", "$campaign" }, { "creator", "$creator" } } }, { "lines", new BsonDocument("$sum", 1L) },
                    { "amount", new BsonDocument("$sum", "$amount") }, { "micros", new BsonDocument("$sum", "$micros") }, { "commission", new BsonDocument("$sum", "$commission") },
                }),
                new("$sort", new BsonDocument { { "_id.reason", 1 }, { "_id.campaign", 1 }, { "_id.creator", 1 } }))).ConvertAll(sum =>
                {
                    var of = sum["_id"].AsBsonDocument;
                    return new RestatementSum(
                        (LedgerReason)of.Number("reason"), new Placement(of.Text("campaign"), of.Text("creator")), sum.Number("lines"), ReadSum(sum, "amount"), ReadSum(sum, "micros"),
                        ReadSum(sum, "commission"));
                }),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConversionSum>> SumByConversionAsync(
        string brand, DateOnly from, DateOnly to, string? campaign, string? creator, CancellationToken cancellation)
    {
        var lines = new BsonDocument { { "brand", brand }, { "orderDay", new BsonDocument { { "$gte", from.DayNumber }, { "$lte", to.DayNumber } } } }
            .AddIfPresent("campaign", campaign).AddIfPresent("creator", creator);
        return ReadSnapshotAsync<IReadOnlyList<ConversionSum>>(
            async session => [.. (await session.AggregateAsync(
                Ledger, cancellation,
                new("$match", lines),
                new("$group", new BsonDocument
                {
                    { "_id", new BsonDocument { { "conversion", "$conversion" }, { "day", "$orderDay" } } }, { "net", new BsonDocument("$sum", "$amount") }, { "micros", new BsonDocument("$sum", "$micros") },
                    { "commission", new BsonDocument("$sum", "$commission") },
                })))
                .Select(sum => new ConversionSum(sum["_id"].AsBsonDocument.Text("conversion"), sum["_id"].AsBsonDocument.Day("day"), ReadSum(sum, "net"), ReadSum(sum, "micros"), ReadSum(sum, "commission")))
                .Where(sum => IdentityRules.IsConversionKey(sum.Conversion) && (sum.Net, sum.Micros, sum.Commission) != (0, 0, 0))
                .OrderBy(sum => sum.Conversion, StringComparer.Ordinal).ThenBy(sum => sum.OrderDay)],
            cancellation);
    }

    private async Task InsertLedgerAsync(MongoSession session, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellation)
    {
        var closed = new Dictionary<string, DateOnly?>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (!closed.ContainsKey(entry.Brand)) closed.Add(entry.Brand, await ReadClosedThroughAsync(session, entry.Brand, null, cancellation));
        await session.InsertAsync(Ledger, [.. entries.Select(entry => LedgerEntryToBson(entry, closed[entry.Brand]))], cancellation);
    }

    private static BsonDocument RestatementMatch(RestatementFilter query)
    {
        var filter = new BsonDocument
        {
            { "brand", query.Brand }, { "recordedAt", new BsonDocument { { "$gte", query.From.UnixMilliseconds }, { "$lt", query.To.UnixMilliseconds } } },
            { "restates", BsonValues.MatchAny([(int)query.Day, (int)(RestatedDay.OrderDay | RestatedDay.EntryDay)]) },
        };
        return filter.AddIfPresent("campaign", query.Campaign).AddIfPresent("creator", query.Creator);
    }

    private static (long Recorded, ObjectId Id)? ParseRestatementCursor(string? cursor)
    {
        if (cursor is null) return null;
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var recorded)
            && ObjectId.TryParse(cursor[(dot + 1)..], out var id)
            ? (recorded, id)
            : throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor));
    }

    private static BsonDocument LedgerEntryToBson(LedgerEntry entry, DateOnly? closed)
    {
        var restates = (entry.OrderDay <= closed ? (int)RestatedDay.OrderDay : 0) | (entry.EntryDay <= closed ? (int)RestatedDay.EntryDay : 0);
        return new BsonDocument
        {
            { "_id", ObjectId.GenerateNewId() }, { "brand", entry.Brand }, { "conversion", entry.Conversion }, { "campaign", entry.Placement.Campaign },
            { "creator", entry.Placement.Creator }, { "orderDay", entry.OrderDay.DayNumber }, { "entryDay", entry.EntryDay.DayNumber }, { "amount", entry.Amount },
            { "micros", entry.Micros }, { "commission", entry.Commission }, { "reason", (int)entry.Reason }, { "causedBy", entry.CausedBy },
            { "recordedAt", entry.RecordedAt.UnixMilliseconds }, { "fresh", true },
        }.AddIfPresent("restates", restates == 0 ? null : (BsonValue)restates);
    }

    private static LedgerEntry LedgerEntryFromBson(BsonDocument line) => new()
    {
        Brand = line.Text("brand"),
        Conversion = line.Text("conversion"),
        Placement = new Placement(line.Text("campaign"), line.Text("creator")),
        OrderDay = line.Day("orderDay"),
        EntryDay = line.Day("entryDay"),
        Amount = line.Number("amount"),
        Micros = line.Number("micros"),
        Commission = line.Number("commission"),
        Reason = (LedgerReason)line.Number("reason"),
        CausedBy = line.Text("causedBy"),
        RecordedAt = line.Instant("recordedAt"),
    };
}
