namespace Attribution.Storage.Sqlite;

// An alias stands under its hash; where another text stands there already, under the next number that is free. Aliases are never removed,
// so a search that meets a free number is over. With 64 bits that no sender can steer, one step is all there is to it but for chance.
public sealed partial class SqliteStore
{
    // Brand ids hold no blank, so the first blank parts the two.
    private static string TextOf(in AliasKey alias) => string.Concat(alias.Brand, " ", alias.Text);

    private long HashOf(string text) => aliasHashOf(aliasHash.Of(text));

    /// <summary>The row number of the journey that an alias was given to (a tombstone, maybe); null when the alias is not known.</summary>
    private long? FindAlias(SqliteSession session, in AliasKey alias)
    {
        var text = TextOf(alias);
        var select = session["SELECT journey, text FROM aliases WHERE hash = ?"];
        for (var hash = HashOf(text); ; hash = unchecked(hash + 1))
        {
            if (!select.Bind(1, hash).Step()) return null;
            var journey = select.Int64(0);
            var found = select.Text(1) == text;
            select.Reset();
            if (found) return journey;
        }
    }

    /// <summary>False: the alias is known already.</summary>
    private bool InsertAlias(SqliteSession session, in AliasKey alias, long journey)
    {
        var text = TextOf(alias);
        var insert = session["INSERT INTO aliases (hash, text, journey) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING"];
        for (var hash = HashOf(text); ; hash = unchecked(hash + 1))
        {
            if (insert.Bind(1, hash).Bind(2, text).Bind(3, journey).Run() == 1) return true;
            var select = session["SELECT 1 FROM aliases WHERE hash = ? AND text = ?"].Bind(1, hash).Bind(2, text);
            var known = select.Step();
            select.Reset();
            if (known) return false;
        }
    }

    private void MoveAlias(SqliteSession session, in AliasKey alias, long journey)
    {
        var text = TextOf(alias);
        var update = session["UPDATE aliases SET journey = ?3 WHERE hash = ?1 AND text = ?2"];
        var select = session["SELECT 1 FROM aliases WHERE hash = ?"];
        for (var hash = HashOf(text); ; hash = unchecked(hash + 1))
        {
            if (update.Bind(1, hash).Bind(2, text).Bind(3, journey).Run() == 1) return;
            var taken = select.Bind(1, hash).Step();
            select.Reset();
            if (!taken) throw new ArgumentException($"The commit moves the alias '{text}', which is not known.", nameof(alias));
        }
    }
}
