using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Storage.Codecs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

public sealed partial class MongoStore
{
    // A write's number is its version and its place in the change: so many items a change has room for.
    private const int MaxItemsPerVersion = 1 << 24;

    /// <summary>The brand that is there from the start.</summary>
    internal static BsonDocument DefaultBrand => ItemOf(
        new(CatalogKind.Brands, "default"), new BrandItem("default", "Default", "USD", "Etc/UTC", "last_touch", new PolicyItem("code_first"), new LookbackItem("P30D", "P7D")));

    /// <inheritdoc/>
    public ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation) =>
        ReadAsync(async session => (await MetaAsync(session, cancellation)).Number("catalogVersion"), cancellation);

    /// <inheritdoc/>
    public ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation) =>
        ReadAsync(
            async session =>
            {
                var meta = await MetaAsync(session, cancellation);
                var items = ImmutableDictionary.CreateBuilder<CatalogRef, ICatalogItem>();
                var matched = ImmutableHashSet.CreateBuilder<CatalogRef>();
                await foreach (var document in session.EachAsync(Items, [], null, null, null, cancellation))
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
        return await ExclusiveAsync(
            async bar => await TransactAsync(
                async session =>
                {
                    await OpenGatesAsync(session, bar, cancellation);
                    var written = await WriteAsync(session, change, cancellation);
                    if (!written) session.Abandon();
                    return written;
                },
                cancellation),
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(CatalogRef item, long? before, int limit, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<CatalogHistoryEntry>>(
            async session => (await session.FindAsync(
                History, new() { { "item", IdOf(item) }, { "_id", new BsonDocument("$lt", before ?? long.MaxValue) } }, cancellation, sort: new("_id", -1), limit: limit))
                .ConvertAll(entry => new CatalogHistoryEntry(
                    entry.Number("_id"), entry.Number("version"), entry.Instant("at"),
                    entry.TextOrNull("byName") is { } name ? new CatalogAuthor(name, entry.TextOrNull("byKey")) : null,
                    entry.TextOrNull("written") is { } written ? CatalogItemCodec.Decode(item.Kind, Encoding.UTF8.GetBytes(written)) : null)),
            cancellation);

    private async Task<bool> WriteAsync(MongoSession session, CatalogChange change, CancellationToken cancellation)
    {
        var version = change.ExpectedVersion + 1;
        var set = new BsonDocument("catalogVersion", version);
        if (change.AffectsJourneys) set.Add("journeysVersion", version);
        if (await session.UpdateAsync(Meta, new() { { "_id", "store" }, { "catalogVersion", change.ExpectedVersion } }, new("$set", set), cancellation) == 0) return false;

        if (change.Deletes.Count > 0)
        {
            // What is left of them matched an event since the change was checked.
            var deleted = new BsonDocument("_id", Documents.In(change.Deletes.Select(reference => (BsonValue)IdOf(reference))));
            await session.DeleteAsync(Items, new BsonDocument(deleted).Add("matched", false), cancellation);
            if (await session.FirstAsync(Items, deleted, cancellation) is not null) return false;
        }
        if (!await InsertFitsAsync(session, change.Fits, version, cancellation)) return false;
        await session.WriteAsync(Items, [.. change.Puts.Select(put => Put(put.Key, put.Value))], cancellation);
        await session.InsertAsync(History, [.. HistoryOf(change)], cancellation);
        await session.InsertAsync(Deltas, DeltasOf(change.Deltas, change.At, new DocumentWriter()), cancellation);
        return true;
    }

    /// <summary>False: one of them would reach a day that has closed since it was made. A brand's first reaches days that had no fit.</summary>
    private async Task<bool> InsertFitsAsync(MongoSession session, IReadOnlyList<Fit> fits, long version, CancellationToken cancellation)
    {
        foreach (var fit in fits.Where(fit => fit.Number > 1))
            if (fit.From <= await ClosedThroughAsync(session, fit.Brand, null, cancellation)) return false;
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

    private static UpdateOneModel<BsonDocument> Put(CatalogRef reference, ICatalogItem item)
    {
        var document = ItemOf(reference, item);
        document.Remove("matched");
        return new(
            new BsonDocument("_id", document["_id"]), new BsonDocument { { "$set", document }, { "$setOnInsert", new BsonDocument("matched", false) } }) { IsUpsert = true };
    }

    private static IEnumerable<BsonDocument> HistoryOf(CatalogChange change)
    {
        var number = (change.ExpectedVersion + 1) * MaxItemsPerVersion;
        foreach (var (reference, item) in change.Puts.Select(put => (put.Key, (ICatalogItem?)put.Value)).Concat(change.Deletes.Select(reference => (reference, (ICatalogItem?)null))))
            yield return new BsonDocument { { "_id", number++ }, { "item", IdOf(reference) }, { "version", change.ExpectedVersion + 1 }, { "at", change.At.UnixMilliseconds } }
                .With("byName", change.By?.Name).With("byKey", change.By?.KeyId).With("written", item is null ? null : TextOf(reference.Kind, item));
    }

    private static BsonDocument ItemOf(CatalogRef reference, ICatalogItem item) => new()
    {
        { "_id", IdOf(reference) }, { "kind", (int)reference.Kind }, { "id", reference.Id }, { "item", TextOf(reference.Kind, item) }, { "matched", false },
    };

    private static string TextOf(CatalogKind kind, ICatalogItem item) => Encoding.UTF8.GetString(CatalogItemCodec.Encode(kind, item));

    private static string IdOf(CatalogRef reference) => string.Create(CultureInfo.InvariantCulture, $"{(int)reference.Kind} {reference.Id}");
}
