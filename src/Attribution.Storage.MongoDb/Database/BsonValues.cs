using System.Globalization;
using Attribution.Core.Values;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>
/// Conversions between values and members of documents. Times are Unix milliseconds, days are day numbers, and a member
/// that would be null is omitted.
/// </summary>
internal static class BsonValues
{
    /// <summary>Number of ids that one command names.</summary>
    public const int MaxIds = 1_000;

    public static BsonBinaryData ToBson(Guid id) => new(id, GuidRepresentation.Standard);

    /// <summary>
    /// Creates a condition that matches any of the values. Their number must be bounded, by a commit for example;
    /// otherwise see <see cref="MatchIdsInPieces"/>.
    /// </summary>
    public static BsonDocument MatchAny(IEnumerable<BsonValue> values) => new("$in", new BsonArray(values));

    /// <summary>Creates a filter that matches the documents with these ids.</summary>
    public static BsonDocument MatchIds(IEnumerable<Guid> ids) => new("_id", MatchAny(ids.Select(ToBson)));

    /// <summary>
    /// Creates filters that together match the documents with these ids, each once. A filter names at most
    /// <see cref="MaxIds"/> of them, so that no command grows with a catalog or a brand.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <param name="further">Further conditions of each filter; null if there are none.</param>
    public static IEnumerable<BsonDocument> MatchIdsInPieces(IEnumerable<BsonValue> ids, BsonDocument? further = null) =>
        ids.Distinct().Chunk(MaxIds).Select(piece => new BsonDocument("_id", MatchAny(piece)).Merge(further ?? []));

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

    /// <summary>Creates an exact sum of a member. The server adds integers in 64 bits, and then as floating-point numbers.</summary>
    public static BsonDocument SumOf(string name) => new("$sum", new BsonDocument("$toDecimal", $"${name}"));

    /// <summary>Reads a sum of <see cref="SumOf"/>, or another integer of <see cref="FromWide"/>.</summary>
    public static Int128 Wide(this BsonDocument document, string name) => document[name] is BsonDecimal128 { Value: var value }
        ? Int128.Parse(value.ToString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture)
        : document.Number(name);

    /// <summary>Reads a sum of <see cref="SumOf"/> that fits 64 bits.</summary>
    /// <exception cref="OverflowException">It does not.</exception>
    public static long Sum(this BsonDocument document, string name) => (long)document.Wide(name);

    /// <summary>Converts an integer: to one of 64 bits if it fits, otherwise to a decimal of up to 34 digits.</summary>
    public static BsonValue FromWide(Int128 value) => value >= long.MinValue && value <= long.MaxValue
        ? new BsonInt64((long)value)
        : new BsonDecimal128(Decimal128.Parse(value.ToString(CultureInfo.InvariantCulture)));
}
