using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rollups;

/// <summary>Closings of days: the last closed day of a brand, and the time of the closing.</summary>
internal static class MongoClosings
{
    /// <summary>Reads the last closed day of a brand.</summary>
    /// <param name="session">Session that reads.</param>
    /// <param name="collections">Collections of the store.</param>
    /// <param name="brand">Brand.</param>
    /// <param name="asOf">Time, inclusive, at which the day was closed. Null: now.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null if no day is closed.</returns>
    public static async Task<DateOnly?> ReadClosedThroughAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp? asOf,
        CancellationToken cancellation)
    {
        var filter = new BsonDocument("brand", brand);
        if (asOf is { } instant) filter.Add("at", new BsonDocument("$lte", instant.UnixMilliseconds));
        return (await session.FirstAsync(collections.Closings, filter, cancellation, sort: new("through", -1)))?.Day("through");
    }

    /// <summary>Folds all deltas of a brand and closes its days through one (inclusive). Commits must be barred.</summary>
    /// <returns>False if the day is closed already.</returns>
    public static async Task<bool> CloseAsync(
        MongoSession session, MongoCollections collections, string brand, DateOnly through, Timestamp at,
        CancellationToken cancellation)
    {
        var last = await session.FirstAsync(
            collections.Closings, new("brand", brand), cancellation, sort: new("through", -1));
        DayClosing? before = last is null ? null : new(last.Day("through"), last.Instant("at"));
        if (DayClosing.Next(before, through, at) is not { } closing) return false;
        while (await MongoRollupFold.FoldBrandAsync(session, collections, brand, int.MaxValue, at, cancellation) > 0)
        {
        }
        await session.InsertAsync(
            collections.Closings,
            [new() { { "brand", brand }, { "through", closing.Through.DayNumber }, { "at", closing.At.UnixMilliseconds } }],
            cancellation);
        return true;
    }
}
