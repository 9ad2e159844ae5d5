using System.Globalization;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb.Catalog;

/// <summary>Documents of catalog items. Each is marked once an event has matched the item.</summary>
internal static class MongoCatalogItems
{
    /// <summary>Gets the brand that a new store contains.</summary>
    public static BsonDocument DefaultBrand => ToBson(CatalogRules.DefaultBrand, CatalogReplay.DefaultBrandItem);

    public static string IdOf(CatalogRef reference) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)reference.Kind} {reference.Id}");

    /// <summary>Reads the result of <see cref="IdOf"/>.</summary>
    public static CatalogRef RefFromId(string id)
    {
        var space = id.IndexOf(' ', StringComparison.Ordinal);
        return new((CatalogKind)int.Parse(id.AsSpan(0, space), CultureInfo.InvariantCulture), id[(space + 1)..]);
    }

    public static string ToJson(CatalogKind kind, ICatalogItem item) =>
        Encoding.UTF8.GetString(CatalogItemCodec.Encode(kind, item));

    public static ICatalogItem FromJson(CatalogKind kind, string json) =>
        CatalogItemCodec.Decode(kind, Encoding.UTF8.GetBytes(json));

    /// <summary>Creates the write of an item. An existing item keeps its mark.</summary>
    public static UpdateOneModel<BsonDocument> ToUpdate(CatalogRef reference, ICatalogItem item)
    {
        var document = ToBson(reference, item);
        document.Remove("matched");
        return new(
            new BsonDocument("_id", document["_id"]),
            new BsonDocument { { "$set", document }, { "$setOnInsert", new BsonDocument("matched", false) } }) { IsUpsert = true };
    }

    /// <summary>Marks items that an event has matched.</summary>
    public static Task MarkMatchedAsync(
        MongoSession session, MongoCollections collections, IEnumerable<CatalogRef> items,
        CancellationToken cancellation) =>
        MarkMatchedAsync(session, collections, items.Select(item => (BsonValue)IdOf(item)), cancellation);

    /// <summary>Marks the items of these documents.</summary>
    public static Task MarkMatchedAsync(
        MongoSession session, MongoCollections collections, IEnumerable<BsonValue> ids, CancellationToken cancellation) =>
        session.UpdateByIdsAsync(
            collections.Items, ids, new("$set", new BsonDocument("matched", true)), cancellation, new("matched", false));

    private static BsonDocument ToBson(CatalogRef reference, ICatalogItem item) => new()
    {
        { "_id", IdOf(reference) }, { "kind", (int)reference.Kind }, { "id", reference.Id },
        { "item", ToJson(reference.Kind, item) }, { "matched", false },
    };
}
