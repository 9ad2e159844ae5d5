using System.Collections.Immutable;
using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Models.Fitting;
using Attribution.Storage.Catalog;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Catalog;

/// <summary>The tables of catalog items, fits and history.</summary>
internal static class SqliteCatalogTable
{
    /// <summary>Reads the items that an event has matched.</summary>
    public static HashSet<CatalogRef> ReadMatchedItems(SqliteSession session)
    {
        var matched = new HashSet<CatalogRef>();
        var select = session["SELECT kind, id FROM catalog_items WHERE matched = 1"];
        while (select.Step()) matched.Add(new CatalogRef((CatalogKind)select.Int64(0), select.Text(1)));
        return matched;
    }

    /// <summary>Inserts or replaces items.</summary>
    public static void PutItems(SqliteSession session, (CatalogRef Reference, byte[] Item)[] puts)
    {
        var put = session[
            "INSERT INTO catalog_items (kind, id, item) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET item = excluded.item"];
        foreach (var (reference, item) in puts)
            put.Bind(1, (int)reference.Kind).Bind(2, reference.Id).BindText(3, item).Run();
    }

    /// <summary>
    /// Deletes items. Returns false if an event has matched one of them since the change was checked.
    /// </summary>
    public static bool DeleteItems(SqliteSession session, IReadOnlyList<CatalogRef> references)
    {
        var delete = session["DELETE FROM catalog_items WHERE kind = ? AND id = ? AND matched = 0"];
        var find = session["SELECT 1 FROM catalog_items WHERE kind = ? AND id = ?"];
        foreach (var reference in references)
        {
            if (delete.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Run() == 1) continue;
            var exists = find.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Step();
            find.Reset();
            if (exists) return false;
        }
        return true;
    }

    /// <summary>
    /// Inserts fits. Returns false if one of them would affect a day that was closed after it was computed; a brand's
    /// first fit may.
    /// </summary>
    public static bool InsertFits(SqliteSession session, IReadOnlyList<Fit> fits, long version)
    {
        var closed = session["SELECT 1 FROM closed_days WHERE brand = ? AND through >= ?"];
        var insert = session["INSERT INTO fits (brand, number, catalog_version, doc) VALUES (?, ?, ?, ?)"];
        var documents = new DocumentWriter();
        foreach (var fit in fits)
        {
            var isTooLate = fit.Number > 1 && closed.Bind(1, fit.Brand).Bind(2, fit.From.DayNumber).Step();
            closed.Reset();
            if (isTooLate) return false;
            insert.Bind(1, fit.Brand).Bind(2, fit.Number).Bind(3, version).Bind(4, FitCodec.Encode(fit, documents)).Run();
        }
        return true;
    }

    /// <summary>Reads all fits by brand and number.</summary>
    public static ImmutableArray<StoredFit> ReadFits(SqliteSession session)
    {
        var fits = ImmutableArray.CreateBuilder<StoredFit>();
        var select = session["SELECT doc, catalog_version FROM fits ORDER BY brand, number"];
        while (select.Step()) fits.Add(new(FitCodec.Decode(select.Blob(0)), select.Int64(1)));
        return fits.ToImmutable();
    }

    /// <summary>Reads the writes of campaigns and links after a number of the history.</summary>
    public static List<(long Version, long Number, CatalogRef Reference, ICatalogItem? Item)> ReadLinkHistory(
        SqliteSession session, long after)
    {
        var writes = new List<(long, long, CatalogRef, ICatalogItem?)>();
        var select = session["SELECT version, seq, kind, id, item FROM catalog_history WHERE seq > ? AND kind IN (?, ?) ORDER BY seq"]
            .Bind(1, after).Bind(2, (int)CatalogKind.Campaigns).Bind(3, (int)CatalogKind.Links);
        while (select.Step())
        {
            var reference = new CatalogRef((CatalogKind)select.Int64(2), select.Text(3));
            writes.Add((
                select.Int64(0), select.Int64(1), reference,
                select.IsNull(4) ? null : CatalogItemCodec.Decode(reference.Kind, select.Blob(4))));
        }
        return writes;
    }

    /// <summary>Adds the puts and deletes of a change to the history.</summary>
    public static void InsertHistory(
        SqliteSession session, CatalogChange change, (CatalogRef Reference, byte[] Item)[] puts)
    {
        var insert = session["INSERT INTO catalog_history (kind, id, version, at, by_name, by_key, item) VALUES (?, ?, ?, ?, ?, ?, ?)"];
        var writes = puts.Select(put => (put.Reference, (byte[]?)put.Item))
            .Concat(change.Deletes.Select(reference => (reference, (byte[]?)null)));
        foreach (var (reference, item) in writes)
        {
            insert.Bind(1, (int)reference.Kind).Bind(2, reference.Id).Bind(3, change.ExpectedVersion + 1)
                .Bind(4, change.At.UnixMilliseconds).Bind(5, change.By?.Name).Bind(6, change.By?.KeyId);
            (item is null ? insert.BindNull(7) : insert.BindText(7, item)).Run();
        }
    }
}
