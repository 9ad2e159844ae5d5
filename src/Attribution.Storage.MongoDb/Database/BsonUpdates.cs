using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>Writes of one document by its id.</summary>
internal static class BsonUpdates
{
    /// <summary>Creates a write that replaces the document of the same id, or inserts it.</summary>
    public static ReplaceOneModel<BsonDocument> ToUpsert(BsonDocument document) =>
        new(new BsonDocument("_id", document["_id"]), document) { IsUpsert = true };

    /// <summary>Creates a write that sets one member.</summary>
    /// <param name="document">The stored document; only its id is used.</param>
    /// <param name="member">Name of the member.</param>
    /// <param name="value">New value of the member.</param>
    /// <param name="further">Further update operators; null if there are none.</param>
    public static UpdateOneModel<BsonDocument> ToSetUpdate(
        BsonDocument document, string member, BsonValue value, BsonDocument? further = null) =>
        new(new BsonDocument("_id", document["_id"]), new BsonDocument("$set", new BsonDocument(member, value)).Merge(further ?? []));
}
