using Attribution.Core.Ledger;
using Attribution.Core.Values;
using Attribution.Storage.Ledger;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Ledger;

/// <summary>
/// Documents of ledger entries. Only an entry that restates a closed day has the member <c>restates</c>, so that the
/// index of restatements is small.
/// </summary>
internal static class MongoLedgerEntries
{
    /// <summary>Inserts entries and marks those that restate closed days.</summary>
    public static async Task InsertAsync(
        MongoSession session, MongoCollections collections, IReadOnlyList<LedgerEntry> entries,
        CancellationToken cancellation)
    {
        var closed = new Dictionary<string, DateOnly?>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (closed.ContainsKey(entry.Brand)) continue;
            closed.Add(
                entry.Brand, await MongoClosings.ReadClosedThroughAsync(session, collections, entry.Brand, null, cancellation));
        }
        await session.InsertAsync(
            collections.Ledger, [.. entries.Select(entry => ToBson(entry, closed[entry.Brand]))], cancellation);
    }

    public static LedgerEntry FromBson(BsonDocument entry) => new()
    {
        Brand = entry.Text("brand"),
        Conversion = entry.Text("conversion"),
        Placement = new Placement(entry.Text("campaign"), entry.Text("creator")),
        OrderDay = entry.Day("orderDay"),
        EntryDay = entry.Day("entryDay"),
        Amount = entry.Number("amount"),
        Micros = entry.Number("micros"),
        Commission = entry.Number("commission"),
        Reason = (LedgerReason)entry.Number("reason"),
        CausedBy = entry.Text("causedBy"),
        RecordedAt = entry.Instant("recordedAt"),
    };

    private static BsonDocument ToBson(LedgerEntry entry, DateOnly? closed)
    {
        var restates = (entry.OrderDay <= closed ? (int)RestatedDay.OrderDay : 0)
            | (entry.EntryDay <= closed ? (int)RestatedDay.EntryDay : 0);
        return new BsonDocument
        {
            { "_id", ObjectId.GenerateNewId() }, { "brand", entry.Brand }, { "conversion", entry.Conversion },
            { "campaign", entry.Placement.Campaign }, { "creator", entry.Placement.Creator },
            { "orderDay", entry.OrderDay.DayNumber }, { "entryDay", entry.EntryDay.DayNumber }, { "amount", entry.Amount },
            { "micros", entry.Micros }, { "commission", entry.Commission }, { "reason", (int)entry.Reason },
            { "causedBy", entry.CausedBy }, { "recordedAt", entry.RecordedAt.UnixMilliseconds }, { "fresh", true },
        }.AddIfPresent("restates", restates == 0 ? null : (BsonValue)restates);
    }
}
