using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Core.Quality;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.Rejections;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Rejections;

/// <summary>
/// Documents of rejections. An open rejection has the member <c>open</c>, and an index contains only those.
/// </summary>
internal static class MongoRejectionDocuments
{
    public static BsonDocument ToBson(RejectionDocument rejection) => new BsonDocument
    {
        { "_id", BsonValues.ToBson(rejection.Id) }, { "brand", rejection.Brand }, { "source", rejection.Source },
        { "receivedAt", rejection.ReceivedAt.UnixMilliseconds }, { "reason", (int)rejection.Reason },
        { "pointer", rejection.Pointer }, { "detail", rejection.Detail }, { "schema", rejection.Schema },
        { "payload", rejection.Payload.ToArray() },
    }.AddIfPresent("open", rejection.ResolvedAt is null ? (BsonValue)true : null)
        .AddIfPresent("resolvedAt", rejection.ResolvedAt)
        .AddIfPresent("eventId", rejection.EventId);

    public static RejectionDocument FromBson(BsonDocument document) => new()
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

    /// <summary>
    /// Creates a filter for rejections after a cursor, which is the id of the last one that was returned.
    /// </summary>
    /// <exception cref="ArgumentException">The cursor is invalid.</exception>
    public static BsonDocument ToFilter(RejectionFilter query, string? cursor)
    {
        var filter = new BsonDocument()
            .AddIfPresent("brand", query.Brand)
            .AddIfPresent("reason", query.Reason is { } reason ? (BsonValue)(int)reason : null)
            .AddIfPresent("open", query.Resolved switch
            {
                null => null,
                true => new BsonDocument("$exists", false),
                false => (BsonValue)true,
            });
        return RejectionCursor.Parse(cursor) is { } last
            ? filter.Add("_id", new BsonDocument("$lt", BsonValues.ToBson(last)))
            : filter;
    }
}
