using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.DataSets;
using MongoDB.Bson;

namespace Attribution.Storage.MongoDb.Catalog;

/// <summary>Catalog items, fits and their history.</summary>
internal sealed class MongoCatalogStore(MongoStoreContext context) : ICatalogStore
{
    private readonly MongoTransactions transactions = context.Transactions;
    private readonly MongoCollections collections = context.Collections;
    private volatile SlugRegistrations registrations = SlugRegistrations.Empty;

    public ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session => (await MongoMeta.ReadAsync(session, collections, cancellation)).Number("catalogVersion"),
            cancellation);

    public ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var meta = await MongoMeta.ReadAsync(session, collections, cancellation);
                var items = ImmutableDictionary.CreateBuilder<CatalogRef, ICatalogItem>();
                var matched = ImmutableHashSet.CreateBuilder<CatalogRef>();
                await foreach (var document in session.StreamAsync(
                    collections.Items, [], null, null, null, cancellation))
                {
                    var reference = new CatalogRef((CatalogKind)document.Number("kind"), document.Text("id"));
                    items.Add(reference, MongoCatalogItems.FromJson(reference.Kind, document.Text("item")));
                    if (document["matched"].AsBoolean) matched.Add(reference);
                }
                return new CatalogContents(meta.Number("catalogVersion"), items.ToImmutable(), matched.ToImmutable())
                {
                    JourneysVersion = meta.Number("journeysVersion"),
                    PlacementSharesVersion = meta.Number("placementSharesVersion"),
                    FirstOrdersVersion = meta.Number("firstOrdersVersion"),
                    Fits = [.. await ReadFitsAsync(session, cancellation)],
                    SlugOwners = await FindSlugOwnersAsync(session, meta.Number("catalogVersion"), items, cancellation),
                    BotRules = await MongoDataSets.ReadBotRulesAsync(session, collections, context.BotRules, cancellation),
                    FixedRatesVersion = await MongoDataSets.ReadFixedRatesVersionAsync(session, collections, cancellation),
                    TimeZones = await ReadTimeZonesAsync(session, cancellation),
                };
            },
            cancellation);

    public ValueTask<CatalogContents> LoadCatalogAtAsync(long version, CancellationToken cancellation) =>
        transactions.ReadSnapshotAsync(
            async session =>
            {
                var replay = new CatalogReplay();
                var filter = new BsonDocument("version", new BsonDocument("$lte", version));
                await foreach (var entry in session.StreamAsync(
                    collections.History, filter, new("_id", 1), null, null, cancellation))
                {
                    var reference = MongoCatalogItems.RefFromId(entry.Text("item"));
                    var written = entry.TextOrNull("written");
                    replay.Apply(reference, written is null ? null : MongoCatalogItems.FromJson(reference.Kind, written));
                }
                return replay.ToContents(
                    version, await ReadFitsAsync(session, cancellation),
                    await MongoDataSets.ReadFixedRatesVersionAsync(session, collections, cancellation),
                    await ReadTimeZonesAsync(session, cancellation));
            },
            cancellation);

    public async ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation)
    {
        if (change.Puts.Count + change.Deletes.Count > MongoCatalogChange.MaxItems)
            throw new ArgumentException($"The change has more than {MongoCatalogChange.MaxItems} items.", nameof(change));
        if (await ReadCatalogVersionAsync(cancellation) != change.ExpectedVersion) return false;
        return await context.Gates.RunExclusiveAsync(
            async bar => await transactions.RunTransactionAsync(
                async session =>
                {
                    await context.Gates.ReopenGatesAsync(session, bar, cancellation);
                    var written = await MongoCatalogChange.WriteAsync(session, collections, change, cancellation);
                    if (!written) session.Abandon();
                    return written;
                },
                cancellation),
            cancellation);
    }

    public ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(
        CatalogRef item, long? before, int limit, CancellationToken cancellation)
    {
        var filter = new BsonDocument
        {
            { "item", MongoCatalogItems.IdOf(item) }, { "_id", new BsonDocument("$lt", before ?? long.MaxValue) },
        };
        return transactions.ReadSnapshotAsync<IReadOnlyList<CatalogHistoryEntry>>(
            async session =>
                (await session.FindAsync(collections.History, filter, cancellation, sort: new("_id", -1), limit: limit))
                .ConvertAll(entry => new CatalogHistoryEntry(
                    entry.Number("_id"), entry.Number("version"), entry.Instant("at"),
                    entry.TextOrNull("byName") is { } name ? new CatalogAuthor(name, entry.TextOrNull("byKey")) : null,
                    entry.TextOrNull("written") is { } written ? MongoCatalogItems.FromJson(item.Kind, written) : null)),
            cancellation);
    }

    /// <summary>
    /// Returns the owners of shared slugs. Reads the history of links only if brands share a slug, and then only
    /// the writes since the last reading.
    /// </summary>
    private async Task<ImmutableDictionary<string, string>> FindSlugOwnersAsync(
        MongoSession session, long version, IReadOnlyDictionary<CatalogRef, ICatalogItem> items,
        CancellationToken cancellation)
    {
        var shared = SlugRegistrations.FindShared(items);
        if (shared.Count == 0) return ImmutableDictionary<string, string>.Empty;
        // Another reading may have seen a later version than this snapshot.
        var known = registrations.Version > version ? SlugRegistrations.Empty : registrations;
        var writes = new List<(long, long, CatalogRef, ICatalogItem?)>();
        var filter = new BsonDocument("_id", new BsonDocument("$gt", known.Number));
        await foreach (var entry in session.StreamAsync(
            collections.History, filter, new("_id", 1), null, null, cancellation))
        {
            var reference = MongoCatalogItems.RefFromId(entry.Text("item"));
            if (reference.Kind is not (CatalogKind.Campaigns or CatalogKind.Links)) continue;
            var written = entry.TextOrNull("written");
            writes.Add((
                entry.Number("version"), entry.Number("_id"), reference,
                written is null ? null : MongoCatalogItems.FromJson(reference.Kind, written)));
        }
        registrations = known = known.Apply(writes);
        return known.OwnersOf(shared);
    }

    private Task<TimeZoneHistory> ReadTimeZonesAsync(MongoSession session, CancellationToken cancellation) =>
        MongoDataSets.ReadTimeZonesAsync(session, collections, context.TimeZones, cancellation);

    private async Task<IReadOnlyList<StoredFit>> ReadFitsAsync(MongoSession session, CancellationToken cancellation) =>
        (await session.FindAsync(collections.Fits, [], cancellation, sort: new() { { "brand", 1 }, { "number", 1 } }))
        .ConvertAll(fit => new StoredFit(FitCodec.Decode(fit.Bytes("fit")), fit.Number("catalogVersion")));
}
