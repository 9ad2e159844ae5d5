using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    // A write's number is its version and its place in the change: so many items a change has room for.
    private const int MaxItemsPerVersion = 1 << 24;

    /// <summary>The brand that is there from the start.</summary>
    internal static BsonDocument DefaultBrand => ItemToBson(
        new(CatalogKind.Brands, "default"), new BrandItem("default", "Default", "USD", "Etc/UTC", "last_touch", new PolicyItem("code_first"), new LookbackItem("P30D", "P7D")));

    /// <inheritdoc/>
    public ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync(async session => (await ReadMetaAsync(session, cancellation)).Number("catalogVersion"), cancellation);

    /// <inheritdoc/>
    public ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation) =>
        ReadSnapshotAsync(
            async session =>
            {
                var meta = await ReadMetaAsync(session, cancellation);
                var items = ImmutableDictionary.CreateBuilder<CatalogRef, ICatalogItem>();
                var matched = ImmutableHashSet.CreateBuilder<CatalogRef>();
                await foreach (var document in session.StreamAsync(Items, [], null, null, null, cancellation))
                {
                    var reference = new CatalogRef((CatalogKind)document.Number("kind"), document.Text("id"));
                    items.Add(reference, CatalogItemCodec.Decode(reference.Kind, Encoding.UTF8.GetBytes(document.Text("item"))));
                    if (document["matched"].AsBoolean) matched.Add(reference);
                }
                var fits = await session.FindAsync(Fits, [], cancellation, sort: new() { { "brand", 1 }, { "number", 1 } });
                return new CatalogContents(meta.Number("catalogVersion"), items.ToImmutable(), matched.ToImmutable())
                {
                    JourneysVersion = meta.Number("journeysVersion"),
                    Fits = [.. fits.Select(fit => new StoredFit(FitCodec.Decode(fit.Bytes("fit")), fit.Number("catalogVersion")))],
                };
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation)
    {
        if (change.Puts.Count + change.Deletes.Count > MaxItemsPerVersion) throw new ArgumentException($"The change has more than {MaxItemsPerVersion} items.", nameof(change));
        if (await ReadCatalogVersionAsync(cancellation) != change.ExpectedVersion) return false;
        return await RunExclusiveAsync(
            async bar => await RunTransactionAsync(
                async session =>
                {
                    await ReopenGatesAsync(session, bar, cancellation);
                    var written = await WriteCatalogChangeAsync(session, change, cancellation);
                    if (!written) session.Abandon();
                    return written;
                },
                cancellation),
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(CatalogRef item, long? before, int limit, CancellationToken cancellation) =>
        ReadSnapshotAsync<IReadOnlyList<CatalogHistoryEntry>>(
            async session => (await session.FindAsync(
                History, new() { { "item", ItemId(item) }, { "_id", new BsonDocument("$lt", before ?? long.MaxValue) } }, cancellation, sort: new("_id", -1), limit: limit))
                .ConvertAll(entry => new CatalogHistoryEntry(
                    entry.Number("_id"), entry.Number("version"), entry.Instant("at"),
                    entry.TextOrNull("byName") is { } name ? new CatalogAuthor(name, entry.TextOrNull("byKey")) : null,
                    entry.TextOrNull("written") is { } written ? CatalogItemCodec.Decode(item.Kind, Encoding.UTF8.GetBytes(written)) : null)),
            cancellation);

    private async Task<bool> WriteCatalogChangeAsync(MongoSession session, CatalogChange change, CancellationToken cancellation)
    {
        var version = change.ExpectedVersion + 1;
        var set = new BsonDocument("catalogVersion", version);
        if (change.AffectsJourneys) set.Add("journeysVersion", version);
        if (await session.UpdateAsync(Meta, new() { { "_id", "store" }, { "catalogVersion", change.ExpectedVersion } }, new("$set", set), cancellation) == 0) return false;

        if (change.Deletes.Count > 0)
        {
            // What is left of them matched an event since the change was checked.
            var deleted = new BsonDocument("_id", BsonValues.MatchAny(change.Deletes.Select(reference => (BsonValue)ItemId(reference))));
            await session.DeleteAsync(Items, new BsonDocument(deleted).Add("matched", false), cancellation);
            if (await session.FirstAsync(Items, deleted, cancellation) is not null) return false;
        }
        if (!await InsertFitsAsync(session, change.Fits, version, cancellation)) return false;
        await session.WriteAsync(Items, [.. change.Puts.Select(put => ToItemUpdate(put.Key, put.Value))], cancellation);
        await session.InsertAsync(History, [.. HistoryToBson(change)], cancellation);
        await session.InsertAsync(Deltas, DeltasToBson(change.Deltas, change.At, new DocumentWriter()), cancellation);
        return true;
    }

    /// <summary>False: one of them would reach a day that has closed since it was made. A brand's first reaches days that had no fit.</summary>
    private async Task<bool> InsertFitsAsync(MongoSession session, IReadOnlyList<Fit> fits, long version, CancellationToken cancellation)
    {
        foreach (var fit in fits.Where(fit => fit.Number > 1))
            if (fit.From <= await ReadClosedThroughAsync(session, fit.Brand, null, cancellation)) return false;
        var documents = new DocumentWriter();
        await session.InsertAsync(
            Fits,
            [.. fits.Select(fit => new BsonDocument
            {
                { "_id", $"{fit.Brand} {fit.Number.ToString(CultureInfo.InvariantCulture)}" }, { "brand", fit.Brand }, { "number", fit.Number }, { "catalogVersion", version },
                { "fit", FitCodec.Encode(fit, documents) },
            })],
            cancellation);
        return true;
    }

    private static UpdateOneModel<BsonDocument> ToItemUpdate(CatalogRef reference, ICatalogItem item)
    {
        var document = ItemToBson(reference, item);
        document.Remove("matched");
        return new(
            new BsonDocument("_id", document["_id"]), new BsonDocument { { "$set", document }, { "$setOnInsert", new BsonDocument("matched", false) } }) { IsUpsert = true };
    }

    private static IEnumerable<BsonDocument> HistoryToBson(CatalogChange change)
    {
        var number = (change.ExpectedVersion + 1) * MaxItemsPerVersion;
        foreach (var (reference, item) in change.Puts.Select(put => (put.Key, (ICatalogItem?)put.Value)).Concat(change.Deletes.Select(reference => (reference, (ICatalogItem?)null))))
            yield return new BsonDocument { { "_id", number++ }, { "item", ItemId(reference) }, { "version", change.ExpectedVersion + 1 }, { "at", change.At.UnixMilliseconds } }
                .AddIfPresent("byName", change.By?.Name).AddIfPresent("byKey", change.By?.KeyId).AddIfPresent("written", item is null ? null : ItemJson(reference.Kind, item));
    }

    private static BsonDocument ItemToBson(CatalogRef reference, ICatalogItem item) => new()
    {
        { "_id", ItemId(reference) }, { "kind", (int)reference.Kind }, { "id", reference.Id }, { "item", ItemJson(reference.Kind, item) }, { "matched", false },
    };

    private static string ItemJson(CatalogKind kind, ICatalogItem item) => Encoding.UTF8.GetString(CatalogItemCodec.Encode(kind, item));

    private static string ItemId(CatalogRef reference) => string.Create(CultureInfo.InvariantCulture, $"{(int)reference.Kind} {reference.Id}");
}
