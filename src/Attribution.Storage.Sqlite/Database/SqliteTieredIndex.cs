namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// Rows that are found by a hash, which falls anywhere: in one large table nearly every new one would dirty a page of its own, and more so the more
/// there are. So they are put into a small table (<c>…_new</c>), whose pages a commit shares; each commit moves a stretch of that table, in the order of
/// hashes, into a larger one (<c>…_recent</c>), and a shorter stretch of that into the largest (<c>…_settled</c>), where neighbours share pages again.
/// A row stands in one of the three; a view of the bare name is all of them.
/// </summary>
/// <param name="name">The view's name. The tables begin with a column <c>hash</c> by which they are ordered; the row <c>meta</c> of that name counts.</param>
/// <param name="newTurn">As many are put in while every hash of the newest table has its turn to be moved: it holds half as many.</param>
/// <param name="recentTurn">The same of the middle table. At 140 rows to a page this shares pages well up to some 50 million rows, and costs more beyond.</param>
internal sealed class SqliteTieredIndex(string name, long newTurn = 1 << 16, long recentTurn = 1 << 21)
{
    private readonly (string Insert, string Delete, long Turn)[] moves =
    [
        ($"INSERT INTO {name}_settled SELECT * FROM {name}_recent WHERE hash BETWEEN ? AND ?", $"DELETE FROM {name}_recent WHERE hash BETWEEN ? AND ?", recentTurn),
        ($"INSERT INTO {name}_recent SELECT * FROM {name}_new WHERE hash BETWEEN ? AND ?", $"DELETE FROM {name}_new WHERE hash BETWEEN ? AND ?", newTurn),
    ];

    /// <summary>Moves on what has its turn. How many were ever put in says where it stands, whoever put them.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="inserted">How many it put in.</param>
    public void Promote(SqliteSession session, int inserted)
    {
        if (inserted == 0) return;
        var count = session["UPDATE meta SET value = value + ?1 WHERE key = ?2 RETURNING value"].Bind(1, inserted).Bind(2, name);
        count.Step();
        var through = count.Int64(0);
        count.Reset();
        foreach (var (insert, delete, turn) in moves)
            foreach (var (first, last) in HashRanges(through - inserted, through, turn))
            {
                session[insert].Bind(1, first).Bind(2, last).Run();
                session[delete].Bind(1, first).Bind(2, last).Run();
            }
    }

    /// <summary>The hashes, first and last inside, whose turn comes from one count (inside) to another (outside), where every hash has its turn once in so many.</summary>
    internal static IEnumerable<(long First, long Last)> HashRanges(long from, long to, long turn)
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
}
