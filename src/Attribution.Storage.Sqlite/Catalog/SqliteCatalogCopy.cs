using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Catalog;

/// <summary>
/// The catalog, the fits and the applied data sets of a store as of one moment, encoded, for a rebuild's scratch store.
/// </summary>
internal sealed class SqliteCatalogCopy
{
    private readonly List<(long Kind, string Id, byte[] Item)> items = [];
    private readonly List<(string Brand, long Number, long Version, byte[] Document)> fits = [];
    private readonly List<(string Kind, long Number, string Version, long Applied, long SealedBefore, byte[] Content)> dataSets = [];
    private readonly long version;
    private readonly long journeysVersion;

    private SqliteCatalogCopy(SqliteSession session)
    {
        var select = session["SELECT kind, id, item FROM catalog_items"];
        while (select.Step()) items.Add((select.Int64(0), select.Text(1), select.Blob(2).ToArray()));
        select = session["SELECT brand, number, catalog_version, doc FROM fits"];
        while (select.Step()) fits.Add((select.Text(0), select.Int64(1), select.Int64(2), select.Blob(3).ToArray()));
        select = session["SELECT kind, number, version, applied, sealed_before, content FROM data_sets WHERE applied IS NOT NULL"];
        while (select.Step())
            dataSets.Add((
                select.Text(0), select.Int64(1), select.Text(2), select.Int64(3), select.Int64(4), select.Blob(5).ToArray()));
        version = SqliteMeta.ReadCatalogVersion(session);
        journeysVersion = SqliteMeta.ReadNumber(session, "journeys_version");
    }

    /// <summary>Reads the catalog, the fits and the applied data sets.</summary>
    public static SqliteCatalogCopy Read(SqliteSession session) => new(session);

    /// <summary>
    /// Replaces the catalog, the fits and the data sets. Items are unmatched at first: the commits of the rebuild mark them again, and
    /// the swap marks them in the serving store.
    /// </summary>
    public void Write(SqliteSession session)
    {
        session.Execute("DELETE FROM catalog_items; DELETE FROM fits; DELETE FROM data_sets");
        var putItem = session["INSERT INTO catalog_items (kind, id, item, matched) VALUES (?, ?, ?, 0)"];
        foreach (var (kind, id, item) in items) putItem.Bind(1, kind).Bind(2, id).BindText(3, item).Run();
        var putFit = session["INSERT INTO fits (brand, number, catalog_version, doc) VALUES (?, ?, ?, ?)"];
        foreach (var (brand, number, fitVersion, document) in fits)
            putFit.Bind(1, brand).Bind(2, number).Bind(3, fitVersion).Bind(4, document).Run();
        var putSet = session[
            "INSERT INTO data_sets (kind, number, version, applied, sealed_before, content) VALUES (?, ?, ?, ?, ?, ?)"];
        foreach (var set in dataSets)
            putSet.Bind(1, set.Kind).Bind(2, set.Number).Bind(3, set.Version).Bind(4, set.Applied).Bind(5, set.SealedBefore)
                .Bind(6, set.Content).Run();
        session["UPDATE meta SET value = ? WHERE key = 'catalog_version'"].Bind(1, version).Run();
        session["UPDATE meta SET value = ? WHERE key = 'journeys_version'"].Bind(1, journeysVersion).Run();
    }
}
