using System.Globalization;
using Attribution.Contracts.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Rollups;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Catalog;

/// <summary>The statements that write a change of the catalog.</summary>
internal static class MongoCatalogChange
{
    /// <summary>
    /// Maximum number of items of a change. A history entry's number combines the version and the place in the change.
    /// </summary>
    public const int MaxItems = 1 << 24;

    /// <summary>Writes a change. Commits must be barred.</summary>
    /// <returns>
    /// False if the catalog has another version, a deleted item has matched an event since the change was checked, or a
    /// fit would affect a closed day. The caller then abandons the transaction.
    /// </returns>
    public static async Task<bool> WriteAsync(
        MongoSession session, MongoCollections collections, CatalogChange change, CancellationToken cancellation)
    {
        change = change with
        {
            At = await MongoReportMoments.NextTimeAsync(session, collections, change.At, cancellation),
        };
        var version = change.ExpectedVersion + 1;
        var set = new BsonDocument("catalogVersion", version);
        if (change.AffectsJourneys) set.Add("journeysVersion", version);
        var expected = new BsonDocument { { "_id", "store" }, { "catalogVersion", change.ExpectedVersion } };
        if (await session.UpdateAsync(collections.Meta, expected, new("$set", set), cancellation) == 0) return false;

        if (change.Deletes.Count > 0)
        {
            var ids = change.Deletes.Select(reference => (BsonValue)MongoCatalogItems.IdOf(reference)).ToList();
            await session.DeleteByIdsAsync(collections.Items, ids, cancellation, new("matched", false));
            // The remaining ones have matched an event since the change was checked.
            if ((await session.FindByIdsAsync(collections.Items, ids, cancellation, new("_id", 1))).Count > 0) return false;
        }
        List<Fit> fits = [.. change.Fits.Select(fit => fit with { FittedAt = change.At })];
        if (!await InsertFitsAsync(session, collections, fits, version, cancellation)) return false;
        await session.WriteAsync(
            collections.Items, [.. change.Puts.Select(put => MongoCatalogItems.ToUpdate(put.Key, put.Value))], cancellation);
        await session.InsertAsync(collections.History, [.. HistoryToBson(change)], cancellation);
        await session.InsertAsync(
            collections.Deltas, MongoDeltas.ToBson(change.Deltas, change.At, new DocumentWriter()), cancellation);
        return true;
    }

    /// <summary>Inserts fits.</summary>
    /// <returns>
    /// False if one of them would affect a day that has closed since it was made. The first fit of a brand is always
    /// inserted: its days had no fit.
    /// </returns>
    private static async Task<bool> InsertFitsAsync(
        MongoSession session, MongoCollections collections, IReadOnlyList<Fit> fits, long version,
        CancellationToken cancellation)
    {
        foreach (var fit in fits.Where(fit => fit.Number > 1))
            if (fit.From <= await MongoClosings.ReadClosedThroughAsync(session, collections, fit.Brand, null, cancellation)) return false;
        var documents = new DocumentWriter();
        await session.InsertAsync(
            collections.Fits,
            [.. fits.Select(fit => new BsonDocument
            {
                { "_id", $"{fit.Brand} {fit.Number.ToString(CultureInfo.InvariantCulture)}" }, { "brand", fit.Brand },
                { "number", fit.Number }, { "catalogVersion", version }, { "fit", FitCodec.Encode(fit, documents) },
            })],
            cancellation);
        return true;
    }

    private static IEnumerable<BsonDocument> HistoryToBson(CatalogChange change)
    {
        var number = (change.ExpectedVersion + 1) * MaxItems;
        var puts = change.Puts.Select(put => (put.Key, (ICatalogItem?)put.Value));
        foreach (var (reference, item) in puts.Concat(change.Deletes.Select(reference => (reference, (ICatalogItem?)null))))
            yield return new BsonDocument
            {
                { "_id", number++ }, { "item", MongoCatalogItems.IdOf(reference) }, { "version", change.ExpectedVersion + 1 },
                { "at", change.At.UnixMilliseconds },
            }
                .AddIfPresent("byName", change.By?.Name).AddIfPresent("byKey", change.By?.KeyId)
                .AddIfPresent("written", item is null ? null : MongoCatalogItems.ToJson(reference.Kind, item));
    }
}
