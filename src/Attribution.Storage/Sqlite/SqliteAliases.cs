using Attribution.Storage.Codecs;

namespace Attribution.Storage.Sqlite;

/// <summary>
/// Where aliases lead. An alias is known by a hash, which falls anywhere: in one large table nearly every new one would dirty a page of its own,
/// and more so the more there are. So aliases are put into a small table, whose pages a commit shares; each commit moves a stretch of that table, in
/// the order of hashes, into a larger one, and a shorter stretch of that into the largest, where neighbours share pages again. An alias stands in one
/// of the three; the view <c>aliases</c> is all of them.
/// </summary>
/// <param name="hash">The file's hash.</param>
/// <param name="newTurn">As many are put in while every hash of the newest table has its turn to be moved: it holds half as many.</param>
/// <param name="recentTurn">The same of the middle table. At 50 to a page this shares pages well up to some 50 million aliases, and costs more beyond.</param>
internal sealed class SqliteAliases(AliasHash hash, long newTurn = 1 << 16, long recentTurn = 1 << 21)
{
    /// <summary>The row number of the journey that an alias was given to (a tombstone, maybe); null when the alias is not known.</summary>
    public long? Find(SqliteSession session, in AliasKey alias)
    {
        var select = Bind(session["SELECT journey FROM aliases WHERE hash = ?1 AND mark = ?2"], alias);
        if (!select.Step()) return null;
        var journey = select.Int64(0);
        select.Reset();
        return journey;
    }

    /// <summary>False: the alias is known already.</summary>
    public bool Insert(SqliteSession session, in AliasKey alias, long journey) =>
        Bind(
            session[
                "INSERT INTO aliases_new (hash, mark, journey) SELECT ?1, ?2, ?3 "
                + "WHERE NOT EXISTS (SELECT 1 FROM aliases_recent WHERE hash = ?1 AND mark = ?2) AND NOT EXISTS (SELECT 1 FROM aliases_settled WHERE hash = ?1 AND mark = ?2) "
                + "ON CONFLICT DO NOTHING"],
            alias).Bind(3, journey).Run() == 1;

    /// <exception cref="ArgumentException">The alias is not known.</exception>
    public void Move(SqliteSession session, in AliasKey alias, long journey)
    {
        if (Bind(session["UPDATE aliases_new SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0
            && Bind(session["UPDATE aliases_recent SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0
            && Bind(session["UPDATE aliases_settled SET journey = ?3 WHERE hash = ?1 AND mark = ?2"], alias).Bind(3, journey).Run() == 0)
            throw new ArgumentException($"The commit moves the alias '{alias.Brand} {alias.Text}', which is not known.", nameof(alias));
    }

    /// <summary>False: there was none.</summary>
    public bool Erase(SqliteSession session, in AliasKey alias) =>
        Bind(session["DELETE FROM aliases_new WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1
        || Bind(session["DELETE FROM aliases_recent WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1
        || Bind(session["DELETE FROM aliases_settled WHERE hash = ?1 AND mark = ?2"], alias).Run() == 1;

    /// <summary>Moves on what has its turn. How many were ever put in says where it stands, whoever put them.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="inserted">How many it put in.</param>
    public void Settle(SqliteSession session, int inserted)
    {
        if (inserted == 0) return;
        var count = session["UPDATE meta SET value = value + ? WHERE key = 'aliases' RETURNING value"].Bind(1, inserted);
        count.Step();
        var through = count.Int64(0);
        count.Reset();
        foreach (var (first, last) in Stretches(through - inserted, through, recentTurn))
        {
            session["INSERT INTO aliases_settled SELECT * FROM aliases_recent WHERE hash BETWEEN ? AND ?"].Bind(1, first).Bind(2, last).Run();
            session["DELETE FROM aliases_recent WHERE hash BETWEEN ? AND ?"].Bind(1, first).Bind(2, last).Run();
        }
        foreach (var (first, last) in Stretches(through - inserted, through, newTurn))
        {
            session["INSERT INTO aliases_recent SELECT * FROM aliases_new WHERE hash BETWEEN ? AND ?"].Bind(1, first).Bind(2, last).Run();
            session["DELETE FROM aliases_new WHERE hash BETWEEN ? AND ?"].Bind(1, first).Bind(2, last).Run();
        }
    }

    /// <summary>Puts those of another file, which hashes under the same key, in the place of all there are.</summary>
    public static void Replace(SqliteSession from, SqliteSession to, CancellationToken cancellation)
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

    /// <summary>The hashes, first and last inside, whose turn comes from one count (inside) to another (outside), where every hash has its turn once in so many.</summary>
    internal static IEnumerable<(long First, long Last)> Stretches(long from, long to, long turn)
    {
        from = Math.Max(from, to - turn);
        for (long end; from < to; from = end)
        {
            end = Math.Min(to, (from / turn + 1) * turn);
            yield return (unchecked(Before(from % turn) + 1), Before((end - 1) % turn + 1));
        }

        // The last hash before one part of so many; before the first part that is none, and adding 1 comes to the first hash.
        long Before(long part) => unchecked((long)((Int128)long.MinValue - 1 + ((Int128)part << 64) / turn));
    }

    private SqliteStatement Bind(SqliteStatement statement, in AliasKey alias)
    {
        var (hashed, mark) = hash.Of(alias);
        return statement.Bind(1, hashed).Bind(2, mark);
    }
}
