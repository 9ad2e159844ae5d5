using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Database;

/// <summary>An index of a collection, ascending in each of its members.</summary>
internal sealed record IndexDefinition(params string[] Members)
{
    public bool Unique { get; init; }

    /// <summary>Gets the member that a document needs to be in the index. Null: all documents are.</summary>
    public string? PartialOn { get; init; }

    public CreateIndexModel<BsonDocument> Model => new(
        new BsonDocument(Members.Select(member => new BsonElement(member, 1))),
        new CreateIndexOptions<BsonDocument>
        {
            Unique = Unique ? true : null,
            PartialFilterExpression = PartialOn is null ? null : new BsonDocument(PartialOn, new BsonDocument("$exists", true)),
        });
}
