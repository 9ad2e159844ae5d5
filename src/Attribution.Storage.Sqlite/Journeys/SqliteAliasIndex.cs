using Attribution.Core.Planning;
using Attribution.Storage.Codecs;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite.Journeys;

/// <summary>
/// The index of aliases. An alias is stored by its hash, in one of three tables: see <see cref="SqliteTieredIndex"/>.
/// </summary>
internal sealed class SqliteAliasIndex(AliasHash hash, SqliteTieredIndex index)
{
    /// <summary>
    /// Returns the row number of the journey (or tombstone) of an alias; null if the alias is unknown.
    /// </summary>
    public long? Find(SqliteSession session, in AliasKey alias)
    {
        var select = BindAlias(session["SELECT journey FROM aliases WHERE hash = ?1 AND mark = ?2"], alias);
        if (!select.Step()) return null;
        var journey = select.Int64(0);
        select.Reset();
        return journey;
    }

    /// <summary>Inserts an alias. Returns false if it already exists.</summary>
    public bool Insert(SqliteSession session, in AliasKey alias, long journey) =>
        BindAlias(
            session[
                "INSERT INTO aliases_new (hash, mark, journey) SELECT ?1, ?2, ?3 "
                + "WHERE NOT EXISTS (SELECT 1 FROM aliases_recent WHERE hash = ?1 AND mark = ?2) "
                + "AND NOT EXISTS (SELECT 1 FROM aliases_settled WHERE hash = ?1 AND mark = ?2) "
                + "ON CONFLICT DO NOTHING"],
            alias).Bind(3, journey).Run() == 1;

    /// <summary>Changes the journey of an alias.</summary>
    /// <exception cref="ArgumentException">The alias is unknown.</exception>
    public void Move(SqliteSession session, in AliasKey alias, long journey)
    {
        if (BindAlias(session["UPDATE aliases_new SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0
            && BindAlias(session["UPDATE aliases_recent SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0
            && BindAlias(session["UPDATE aliases_settled SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0)
            throw new ArgumentException($"The commit moves the unknown alias '{alias.Brand} {alias.Text}'.", nameof(alias));
    }

    /// <summary>Deletes an alias. Returns false if it does not exist.</summary>
    public bool Delete(SqliteSession session, in AliasKey alias) =>
        BindAlias(session["DELETE FROM aliases_new WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1
        || BindAlias(session["DELETE FROM aliases_recent WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1
        || BindAlias(session["DELETE FROM aliases_settled WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1;

    /// <inheritdoc cref="SqliteTieredIndex.Promote"/>
    public void Promote(SqliteSession session, int inserted) => index.Promote(session, inserted);

    /// <summary>Replaces all aliases with those of another file that uses the same hash key.</summary>
    public static void ReplaceAll(SqliteSession from, SqliteSession to, CancellationToken cancellation)
    {
        to.Execute("DELETE FROM aliases_new; DELETE FROM aliases_recent; DELETE FROM aliases_settled");
        var insert = to["INSERT INTO aliases_settled (hash, mark, journey) VALUES (?, ?, ?)"];
        var select = from["SELECT hash, mark, journey FROM aliases ORDER BY hash, mark"];
        while (select.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            insert.Bind(1, select.Int64(0)).Bind(2, select.Int64(1)).Bind(3, select.Int64(2)).Run();
        }
    }

    private SqliteStatement BindAlias(SqliteStatement statement, in AliasKey alias)
    {
        var (hashed, mark) = hash.Compute(alias);
        return statement.Bind(1, hashed).Bind(2, mark);
    }
}
