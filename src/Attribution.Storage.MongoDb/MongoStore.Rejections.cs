using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rejections;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb;

// What was refused, until it is resolved and beyond. While one is open it says so, and stands in an index of those alone.
public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public ValueTask<(IReadOnlyList<RejectionDocument> Rejections, string? Cursor)> ListRejectionsAsync(
        RejectionFilter query, string? cursor, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var filter = new BsonDocument().AddIfPresent("brand", query.Brand).AddIfPresent("reason", query.Reason is { } reason ? (BsonValue)(int)reason : null)
            .AddIfPresent("open", query.Resolved switch { null => null, true => new BsonDocument("$exists", false), false => (BsonValue)true });
        // The cursor is the id of the last one answered.
        if (cursor is not null)
            filter.Add("_id", new BsonDocument("$lt", BsonValues.ToBson(Guid.TryParseExact(cursor, "N", out var last) ? last : throw new ArgumentException("The cursor is none that this list answered.", nameof(cursor)))));
        return ReadSnapshotAsync<(IReadOnlyList<RejectionDocument>, string?)>(
            async session =>
            {
                var found = await session.FindAsync(Rejections, filter, cancellation, sort: new("_id", -1), limit: limit + 1);
                var rejections = found.Take(limit).Select(RejectionFromBson).ToList();
                return (rejections, found.Count > limit ? rejections[^1].Id.ToString("N") : null);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RejectionDocument>> FindRejectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<RejectionDocument>>(async session => (await session.FindAsync(Rejections, BsonValues.MatchIds(ids), cancellation)).ConvertAll(RejectionFromBson), cancellation);

    /// <inheritdoc/>
    public async ValueTask ResolveRejectionsAsync(IReadOnlyCollection<Guid> ids, Timestamp at, CancellationToken cancellation) =>
        await RunTransactionAsync(
            session => session.UpdateAsync(
                Rejections, BsonValues.MatchIds(ids).Add("open", true),
                new() { { "$set", new BsonDocument("resolvedAt", at.UnixMilliseconds) }, { "$unset", new BsonDocument("open", 1) } }, cancellation),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<long> DeleteRejectionsBeforeAsync(Timestamp before, CancellationToken cancellation) =>
        WriteSingleAsync(async () => (await Rejections.DeleteManyAsync(new BsonDocument("receivedAt", new BsonDocument("$lt", before.UnixMilliseconds)), cancellation)).DeletedCount);

    private static BsonDocument RejectionToBson(RejectionDocument rejection) => new BsonDocument
    {
        { "_id", BsonValues.ToBson(rejection.Id) }, { "brand", rejection.Brand }, { "source", rejection.Source }, { "receivedAt", rejection.ReceivedAt.UnixMilliseconds },
        { "reason", (int)rejection.Reason }, { "pointer", rejection.Pointer }, { "detail", rejection.Detail }, { "schema", rejection.Schema },
        { "payload", rejection.Payload.ToArray() }, { "open", true },
    }.AddIfPresent("eventId", rejection.EventId);

    private static RejectionDocument RejectionFromBson(BsonDocument document) => new()
    {
        Id = document.Id(),
        Brand = document.Text("brand"),
        Source = document.Text("source"),
        ReceivedAt = document.Instant("receivedAt"),
        Reason = (RejectionReason)document.Number("reason"),
        Pointer = document.Text("pointer"),
        Detail = document.Text("detail"),
        EventId = document.TextOrNull("eventId"),
        Schema = (int)document.Number("schema"),
        Payload = document.Bytes("payload").ToImmutableArray(),
        ResolvedAt = document.InstantOrNull("resolvedAt"),
    };
}
