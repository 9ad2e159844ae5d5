using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.DataSets;
using Attribution.Storage.Sqlite.Rollups;

namespace Attribution.Storage.Sqlite.Catalog;

/// <summary>The catalog in SQLite.</summary>
internal sealed class SqliteCatalogStore(SqliteStoreContext context) : ICatalogStore
{
    private volatile SlugRegistrations registrations = SlugRegistrations.Empty;

    /// <inheritdoc/>
    public ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync(SqliteMeta.ReadCatalogVersion, cancellation);

    /// <inheritdoc/>
    public ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var items = ImmutableDictionary.CreateBuilder<CatalogRef, ICatalogItem>();
                var matched = ImmutableHashSet.CreateBuilder<CatalogRef>();
                var select = session["SELECT kind, id, item, matched FROM catalog_items"];
                while (select.Step())
                {
                    var reference = new CatalogRef((CatalogKind)select.Int64(0), select.Text(1));
                    items.Add(reference, CatalogItemCodec.Decode(reference.Kind, select.Blob(2)));
                    if (select.Int64(3) != 0) matched.Add(reference);
                }
                return new CatalogContents(SqliteMeta.ReadCatalogVersion(session), items.ToImmutable(), matched.ToImmutable())
                {
                    JourneysVersion = SqliteMeta.ReadNumber(session, "journeys_version"),
                    PlacementSharesVersion = SqliteMeta.ReadNumber(session, "placement_shares_version"),
                    FirstOrdersVersion = SqliteMeta.ReadNumber(session, "first_orders_version"),
                    Fits = SqliteCatalogTable.ReadFits(session),
                    SlugOwners = FindSlugOwners(session, items),
                    BotRules = SqliteDataSetTable.ReadBotRules(session, context.BotRules),
                    FixedRatesVersion = SqliteDataSetTable.ReadFixedRatesVersion(session),
                    TimeZones = SqliteDataSetTable.ReadTimeZones(session, context.TimeZones),
                };
            },
            cancellation);

    /// <inheritdoc/>
    public ValueTask<CatalogContents> LoadCatalogAtAsync(long version, CancellationToken cancellation) =>
        context.Database.ReadAsync(
            session =>
            {
                var replay = new CatalogReplay();
                var select = session["SELECT kind, id, item FROM catalog_history WHERE version <= ? ORDER BY seq"].Bind(1, version);
                while (select.Step())
                {
                    var reference = new CatalogRef((CatalogKind)select.Int64(0), select.Text(1));
                    replay.Apply(reference, select.IsNull(2) ? null : CatalogItemCodec.Decode(reference.Kind, select.Blob(2)));
                }
                return replay.ToContents(
                    version, SqliteCatalogTable.ReadFits(session), SqliteDataSetTable.ReadFixedRatesVersion(session),
                    SqliteDataSetTable.ReadTimeZones(session, context.TimeZones));
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation)
    {
        var puts = change.Puts.Select(put => (put.Key, Item: CatalogItemCodec.Encode(put.Key.Kind, put.Value))).ToArray();
        var deltas = MeasureCodec.EncodeByBrand(change.Deltas, new DocumentWriter());
        return await context.Database.WriteAsync(
            session =>
            {
                var newVersion = change.ExpectedVersion + 1;
                var at = SqliteReportMoments.NextTime(session, change.At);
                var fits = change.Fits.Select(fit => fit with { FittedAt = at }).ToList();
                var written = session["UPDATE meta SET value = value + 1 WHERE key = 'catalog_version' AND value = ?"]
                    .Bind(1, change.ExpectedVersion).Run() == 1
                    && SqliteCatalogTable.DeleteItems(session, change.Deletes)
                    && SqliteCatalogTable.InsertFits(session, fits, newVersion);
                if (!written)
                {
                    session.Abandon();
                    return false;
                }

                SqliteCatalogTable.PutItems(session, puts);
                if (change.AffectsJourneys)
                    session["UPDATE meta SET value = ? WHERE key = 'journeys_version'"].Bind(1, newVersion).Run();
                SqliteCatalogTable.InsertHistory(session, change with { At = at }, puts);
                SqliteRollupTable.InsertDeltas(session, deltas, change.At);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(
        CatalogRef item, long? before, int limit, CancellationToken cancellation) =>
        context.Database.ReadAsync<IReadOnlyList<CatalogHistoryEntry>>(
            session =>
            {
                var entries = new List<CatalogHistoryEntry>();
                var select = session[
                    "SELECT seq, version, at, by_name, by_key, item FROM catalog_history "
                    + "WHERE kind = ? AND id = ? AND seq < ? ORDER BY seq DESC LIMIT ?"]
                    .Bind(1, (int)item.Kind).Bind(2, item.Id).Bind(3, before ?? long.MaxValue).Bind(4, limit);
                while (select.Step())
                    entries.Add(new(
                        select.Int64(0), select.Int64(1), select.Timestamp(2),
                        select.IsNull(3) ? null : new CatalogAuthor(select.Text(3), select.TextOrNull(4)),
                        select.IsNull(5) ? null : CatalogItemCodec.Decode(item.Kind, select.Blob(5))));
                return entries;
            },
            cancellation);

    /// <summary>
    /// Returns the owners of shared slugs. Reads the history of links only if brands share a slug, and then only
    /// the writes since the last reading.
    /// </summary>
    private ImmutableDictionary<string, string> FindSlugOwners(
        SqliteSession session, IReadOnlyDictionary<CatalogRef, ICatalogItem> items)
    {
        var shared = SlugRegistrations.FindShared(items);
        if (shared.Count == 0) return ImmutableDictionary<string, string>.Empty;
        var known = registrations;
        // Another reading may have seen a later version than this transaction.
        if (known.Version > SqliteMeta.ReadCatalogVersion(session)) known = SlugRegistrations.Empty;
        registrations = known = known.Apply(SqliteCatalogTable.ReadLinkHistory(session, known.Number));
        return known.OwnersOf(shared);
    }
}
