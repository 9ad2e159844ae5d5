using Attribution.Core.Values;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>
/// Conversions between values and members of documents. Times are Unix milliseconds, days are day numbers, and a member
/// that would be null is omitted.
/// </summary>
internal static class BsonValues
{
    public static BsonBinaryData ToBson(Guid id) => new(id, GuidRepresentation.Standard);

    /// <summary>Creates a condition that matches any of the values.</summary>
    public static BsonDocument MatchAny(IEnumerable<BsonValue> values) => new("$in", new BsonArray(values));

    /// <summary>Creates a filter that matches the documents with these ids.</summary>
    public static BsonDocument MatchIds(IEnumerable<Guid> ids) => new("_id", MatchAny(ids.Select(ToBson)));

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, BsonValue? value)
    {
        if (value is not null) document.Add(name, value);
        return document;
    }

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, string? text) =>
        document.AddIfPresent(name, text is null ? null : (BsonValue)text);

    public static BsonDocument AddIfPresent(this BsonDocument document, string name, Timestamp? at) =>
        document.AddIfPresent(name, at is { } instant ? (BsonValue)instant.UnixMilliseconds : null);

    public static Guid Id(this BsonDocument document, string name = "_id") =>
        document[name].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    public static byte[] Bytes(this BsonDocument document, string name) => document[name].AsBsonBinaryData.Bytes;

    public static string Text(this BsonDocument document, string name) => document[name].AsString;

    public static string? TextOrNull(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.AsString : null;

    public static long Number(this BsonDocument document, string name) => document[name].ToInt64();

    public static Timestamp Instant(this BsonDocument document, string name) => new(document.Number(name));

    public static Timestamp? InstantOrNull(this BsonDocument document, string name) =>
        document.Contains(name) ? document.Instant(name) : null;

    public static DateOnly Day(this BsonDocument document, string name) => DateOnly.FromDayNumber(document[name].AsInt32);

    /// <summary>Reads a sum that the server computed.</summary>
    /// <exception cref="OverflowException">
    /// The sum exceeds 64 bits: the server then returns a floating-point number.
    /// </exception>
    public static long Sum(this BsonDocument document, string name) => document[name] is { IsDouble: false } sum
        ? sum.ToInt64()
        : throw new OverflowException($"The sum of {name} exceeds 64 bits.");
}
