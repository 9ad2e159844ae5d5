using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Journeys;

/// <summary>
/// Documents of journeys. A merged journey keeps only its id, its version and the journey it was merged into.
/// </summary>
internal static class MongoJourneyDocuments
{
    /// <summary>Gets a filter for journeys that were not merged. A merged journey has no catalog version.</summary>
    public static BsonDocument LiveFilter => new("catalogVersion", new BsonDocument("$exists", true));

    public static BsonDocument LiveFilterFor(Guid id) => new BsonDocument("_id", BsonValues.ToBson(id)).Merge(LiveFilter);

    public static StoredJourney FromBson(BsonDocument document) =>
        new(JourneyCodec.Decode(document.Bytes("journey")), document.Number("version"));

    /// <summary>Creates the write of a journey. It matches only the version that was read.</summary>
    public static WriteModel<BsonDocument> ToWrite(StoredJourney stored, byte[] encoded)
    {
        var (journey, version) = stored;
        var document = new BsonDocument
        {
            { "_id", BsonValues.ToBson(journey.Id) }, { "version", version + 1 }, { "catalogVersion", journey.CatalogVersion },
            { "brand", journey.Brand }, { "journey", encoded },
        };
        if (!journey.Conversions.IsEmpty)
            document.Add("convertedOn", journey.Conversions.Max(conversion => conversion.Day.DayNumber));
        return version == 0
            ? new InsertOneModel<BsonDocument>(document)
            : new ReplaceOneModel<BsonDocument>(LiveFilterFor(journey.Id, version), document);
    }

    /// <summary>
    /// Creates the write that turns a journey into a tombstone. It matches only the version that was read.
    /// </summary>
    public static UpdateOneModel<BsonDocument> ToTombstoneWrite(Tombstone tombstone) => new(
        LiveFilterFor(tombstone.Id, tombstone.Version),
        new BsonDocument
        {
            {
                "$set",
                new BsonDocument { { "version", tombstone.Version + 1 }, { "mergedInto", BsonValues.ToBson(tombstone.MergedInto) } }
            },
            { "$unset", new BsonDocument { { "journey", 1 }, { "catalogVersion", 1 }, { "convertedOn", 1 } } },
        });

    private static BsonDocument LiveFilterFor(Guid id, long version) => LiveFilterFor(id).Add("version", version);
}
