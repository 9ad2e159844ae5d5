using Attribution.Core.Values;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>Values as they stand in documents. A member that is null is left out.</summary>
internal static class BsonValues
{
    public static BsonBinaryData ToBson(Guid id) => new(id, GuidRepresentation.Standard);

    public static BsonDocument MatchAny(IEnumerable<BsonValue> values) => new("$in", new BsonArray(values));

    public static BsonDocument MatchIds(IEnumerable<Guid> ids) => new("_id", MatchAny(ids.Select(ToBson)));

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, BsonValue? value)
    {
        if (value is not null) document.Add(name, value);
        return document;
    }

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, string? text) => document.AddIfPresent(name, text is null ? null : (BsonValue)text);

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, Timestamp? at) => document.AddIfPresent(name, at is { } instant ? (BsonValue)instant.UnixMilliseconds : null);

    public static Guid Id(this BsonDocument document, string name = "_id") => document[name].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    public static byte[] Bytes(this BsonDocument document, string name) => document[name].AsBsonBinaryData.Bytes;

    public static string Text(this BsonDocument document, string name) => document[name].AsString;

    public static string? TextOrNull(this BsonDocument document, string name) => document.TryGetValue(name, out var value) ? value.AsString : null;

    public static long Number(this BsonDocument document, string name) => document[name].ToInt64();

    public static Timestamp Instant(this BsonDocument document, string name) => new(document.Number(name));

    public static Timestamp? InstantOrNull(this BsonDocument document, string name) => document.Contains(name) ? document.Instant(name) : null;

    public static DateOnly Day(this BsonDocument document, string name) => DateOnly.FromDayNumber(document[name].AsInt32);
}
