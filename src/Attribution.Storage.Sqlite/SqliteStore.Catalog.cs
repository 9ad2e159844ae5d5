using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Core.Values;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<long> ReadCatalogVersionAsync(CancellationToken cancellation) => database.ReadAsync(ReadCatalogVersion, cancellation);

    /// <inheritdoc/>
    public ValueTask<CatalogContents> LoadCatalogAsync(CancellationToken cancellation) =>
        database.ReadAsync(
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
                return new CatalogContents(ReadCatalogVersion(session), items.ToImmutable(), matched.ToImmutable())
                {
                    JourneysVersion = ReadMetaNumber(session, "journeys_version"),
                    Fits = ReadFits(session),
                };
            },
            cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> WriteChangeAsync(CatalogChange change, CancellationToken cancellation)
    {
        var puts = change.Puts.Select(put => (put.Key, Item: CatalogItemCodec.Encode(put.Key.Kind, put.Value))).ToArray();
        var fits = change.Fits.Select(fit => (Fit: fit, Document: FitCodec.Encode(fit, new DocumentWriter()))).ToArray();
        var deltas = MeasureCodec.EncodeByBrand(change.Deltas, new DocumentWriter());
        return await database.WriteAsync(
            session =>
            {
                var advance = session["UPDATE meta SET value = value + 1 WHERE key = 'catalog_version' AND value = ?"].Bind(1, change.ExpectedVersion);
                var written = advance.Run() == 1 && DeleteItems(session, change.Deletes) && InsertFits(session, fits, change.ExpectedVersion + 1);
                if (!written)
                {
                    session.Abandon();
                    return false;
                }
                var put = session["INSERT INTO catalog_items (kind, id, item) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET item = excluded.item"];
                foreach (var (reference, item) in puts) put.Bind(1, (int)reference.Kind).Bind(2, reference.Id).BindText(3, item).Run();
                if (change.AffectsJourneys)
                    session["UPDATE meta SET value = ? WHERE key = 'journeys_version'"].Bind(1, change.ExpectedVersion + 1).Run();
                InsertHistory(session, change, puts);
                InsertDeltas(session, deltas, change.At);
                return true;
            },
            cancellation);
    }

    private static ImmutableArray<StoredFit> ReadFits(SqliteSession session)
    {
        var fits = ImmutableArray.CreateBuilder<StoredFit>();
        var select = session["SELECT doc, catalog_version FROM fits ORDER BY brand, number"];
        while (select.Step()) fits.Add(new(FitCodec.Decode(select.Blob(0)), select.Int64(1)));
        return fits.ToImmutable();
    }

    /// <summary>False: one of them would reach a day that has closed since it was made. A brand's first reaches days that had no fit.</summary>
    private static bool InsertFits(SqliteSession session, (Fit Fit, byte[] Document)[] fits, long version)
    {
        var closed = session["SELECT 1 FROM closed_days WHERE brand = ? AND through >= ?"];
        var insert = session["INSERT INTO fits (brand, number, catalog_version, doc) VALUES (?, ?, ?, ?)"];
        foreach (var (fit, document) in fits)
        {
            var late = fit.Number > 1 && closed.Bind(1, fit.Brand).Bind(2, fit.From.DayNumber).Step();
            closed.Reset();
            if (late) return false;
            insert.Bind(1, fit.Brand).Bind(2, fit.Number).Bind(3, version).Bind(4, document).Run();
        }
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogHistoryEntry>> ReadHistoryAsync(CatalogRef item, long? before, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<CatalogHistoryEntry>>(
            session =>
            {
                var entries = new List<CatalogHistoryEntry>();
                var select = session["SELECT seq, version, at, by_name, by_key, item FROM catalog_history WHERE kind = ? AND id = ? AND seq < ? ORDER BY seq DESC LIMIT ?"]
                    .Bind(1, (int)item.Kind).Bind(2, item.Id).Bind(3, before ?? long.MaxValue).Bind(4, limit);
                while (select.Step())
                    entries.Add(new(
                        select.Int64(0), select.Int64(1), new Timestamp(select.Int64(2)),
                        select.IsNull(3) ? null : new CatalogAuthor(select.Text(3), select.TextOrNull(4)),
                        select.IsNull(5) ? null : CatalogItemCodec.Decode(item.Kind, select.Blob(5))));
                return entries;
            },
            cancellation);

    private static void InsertHistory(SqliteSession session, CatalogChange change, (CatalogRef Reference, byte[] Item)[] puts)
    {
        var insert = session["INSERT INTO catalog_history (kind, id, version, at, by_name, by_key, item) VALUES (?, ?, ?, ?, ?, ?, ?)"];
        foreach (var (reference, item) in puts.Select(put => (put.Reference, (byte[]?)put.Item)).Concat(change.Deletes.Select(reference => (reference, (byte[]?)null))))
        {
            insert.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Bind(3, change.ExpectedVersion + 1).Bind(4, change.At.UnixMilliseconds)
                .Bind(5, change.By?.Name).Bind(6, change.By?.KeyId);
            (item is null ? insert.BindNull(7) : insert.BindText(7, item)).Run();
        }
    }

    private static long ReadCatalogVersion(SqliteSession session) => ReadMetaNumber(session, "catalog_version");

    private static long ReadGeneration(SqliteSession session) => ReadMetaNumber(session, "generation");

    private static long ReadMetaNumber(SqliteSession session, string key)
    {
        var select = session["SELECT value FROM meta WHERE key = ?"].Bind(1, key);
        var number = select.Step() ? select.Int64(0) : throw new InvalidDataException($"{session.Path} has no {key}.");
        select.Reset();
        return number;
    }

    /// <summary>False: one of them matched an event since the change was checked.</summary>
    private static bool DeleteItems(SqliteSession session, IReadOnlyList<CatalogRef> references)
    {
        var delete = session["DELETE FROM catalog_items WHERE kind = ? AND id = ? AND matched = 0"];
        var find = session["SELECT 1 FROM catalog_items WHERE kind = ? AND id = ?"];
        foreach (var reference in references)
        {
            if (delete.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Run() == 1) continue;
            var stays = find.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Step();
            find.Reset();
            if (stays) return false;
        }
        return true;
    }
}
