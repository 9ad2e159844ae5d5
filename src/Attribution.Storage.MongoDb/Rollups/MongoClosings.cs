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
        CancellationToken cancellation) =>
        (await FindLastAsync(session, collections, brand, asOf, cancellation))?.Through;

    /// <summary>Reads the last closing of a brand until a time (null: now); null if there is none.</summary>
    public static async Task<DayClosing?> FindLastAsync(
        MongoSession session, MongoCollections collections, string brand, Timestamp? asOf,
        CancellationToken cancellation)
    {
        var filter = new BsonDocument("brand", brand);
        if (asOf is { } instant) filter.Add("at", new BsonDocument("$lte", instant.UnixMilliseconds));
        var last = await session.FirstAsync(collections.Closings, filter, cancellation, sort: new("through", -1));
        return last is null ? null : new(last.Day("through"), last.Instant("at"));
    }

    /// <summary>Folds all deltas of a brand and closes its days through one (inclusive). Commits must be barred.</summary>
    /// <returns>False if the day is closed already.</returns>
    public static async Task<bool> CloseAsync(
        MongoSession session, MongoCollections collections, string brand, DateOnly through, Timestamp at,
        CancellationToken cancellation)
    {
        var closedThrough = await ReadClosedThroughAsync(session, collections, brand, null, cancellation);
        if (!DayClosing.IsNeeded(closedThrough, through)) return false;
        var time = await MongoReportMoments.NextTimeAsync(session, collections, brand, at, cancellation);
        while (await MongoRollupFold.FoldBrandAsync(session, collections, brand, int.MaxValue, () => time, cancellation) > 0)
        {
        }
        // The folds and the closing become visible together, so the closing can have the time of the last fold.
        var folded = (await MongoReportMoments.ReadAsync(session, collections, brand, null, cancellation)).ChangedAt;
        time = ReportChange.Latest(time, folded)!.Value;
        await session.InsertAsync(
            collections.Closings,
            [new() { { "brand", brand }, { "through", through.DayNumber }, { "at", time.UnixMilliseconds } }],
            cancellation);
        return true;
    }
}
