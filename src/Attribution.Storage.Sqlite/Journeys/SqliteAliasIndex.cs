using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Attribution.Core.Planning;
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

/// <summary>
/// Rows that are found by a random hash. In one large table nearly every new row would dirty a separate page. So rows
/// are inserted into a small table (<c>…_new</c>), whose pages the rows of a commit share. Each commit moves a range of
/// hashes from it to a larger table (<c>…_recent</c>), and a shorter range from there to the largest table
/// (<c>…_settled</c>), where neighbors share pages again. A row is in one of the three; the view with the bare name
/// combines them.
/// </summary>
/// <param name="name">
/// The name of the view. The tables are ordered by their first column, <c>hash</c>; the row of <c>meta</c> with this
/// name counts the insertions.
/// </param>
/// <param name="newTurn">
/// The number of insertions in which every hash range of the new table is moved once; the table holds half as many
/// rows.
/// </param>
/// <param name="recentTurn">
/// The same for the recent table. With 140 rows per page this shares pages well up to about 50 million rows; beyond
/// that the cost rises.
/// </param>
internal sealed class SqliteTieredIndex(string name, long newTurn = 1 << 16, long recentTurn = 1 << 21)
{
    private readonly (string Insert, string Delete, long Turn)[] moves =
    [
        ($"INSERT INTO {name}_settled SELECT * FROM {name}_recent WHERE hash BETWEEN ? AND ?",
            $"DELETE FROM {name}_recent WHERE hash BETWEEN ? AND ?", recentTurn),
        ($"INSERT INTO {name}_recent SELECT * FROM {name}_new WHERE hash BETWEEN ? AND ?",
            $"DELETE FROM {name}_new WHERE hash BETWEEN ? AND ?", newTurn),
    ];

    /// <summary>
    /// Moves the ranges that are due. The position follows from the total number of insertions, by any process.
    /// </summary>
    /// <param name="session">The transaction.</param>
    /// <param name="inserted">The number of rows inserted by the transaction.</param>
    public void Promote(SqliteSession session, int inserted)
    {
        if (inserted == 0) return;
        var count = session["UPDATE meta SET value = value + ?1 WHERE key = ?2 RETURNING value"]
            .Bind(1, inserted).Bind(2, name);
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

    /// <summary>
    /// Returns the hash ranges (inclusive) that are due from one count (inclusive) to another (exclusive), if every
    /// hash is due once per turn.
    /// </summary>
    internal static IEnumerable<(long First, long Last)> HashRanges(long from, long to, long turn)
    {
        from = Math.Max(from, to - turn);
        for (long end; from < to; from = end)
        {
            end = Math.Min(to, (from / turn + 1) * turn);
            yield return (unchecked(Before(from % turn) + 1), Before((end - 1) % turn + 1));
        }

        // The last hash before a part of the range; for the first part there is none, and adding 1 yields the first
        // hash.
        long Before(long part) => unchecked((long)((Int128)long.MinValue - 1 + ((Int128)part << 64) / turn));
    }
}

/// <summary>
/// SipHash-2-4 with 128 bits of output and a random key per store. Senders cannot predict it, so no sender can make two
/// aliases collide on purpose, and among 10^12 aliases the probability of any collision is 10^-15. See Aumasson and
/// Bernstein, "SipHash: a fast short-input PRF", 2012, and its reference implementation for 128 bits.
/// </summary>
internal sealed class AliasHash
{
    private readonly ulong key0;
    private readonly ulong key1;

    /// <summary>Initializes the hash with a key of 16 bytes.</summary>
    public AliasHash(ReadOnlySpan<byte> key)
    {
        key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    /// <summary>
    /// Hashes brand, space and text. Brand ids contain no space, so the first space separates the two.
    /// </summary>
    public (long Hash, long Mark) Compute(in AliasKey alias)
    {
        var maxBytes = Encoding.UTF8.GetMaxByteCount(alias.Brand.Length + alias.Text.Length + 1);
        var buffer = maxBytes <= 1024 ? stackalloc byte[1024] : new byte[maxBytes];
        var length = Encoding.UTF8.GetBytes(alias.Brand, buffer);
        buffer[length++] = (byte)' ';
        length += Encoding.UTF8.GetBytes(alias.Text, buffer[length..]);
        var (hash, mark) = Compute(buffer[..length]);
        return unchecked(((long)hash, (long)mark));
    }

    /// <summary>Hashes bytes.</summary>
    public (ulong Low, ulong High) Compute(ReadOnlySpan<byte> text)
    {
        unchecked
        {
            var v0 = key0 ^ 0x736f6d6570736575UL;
            var v1 = key1 ^ 0x646f72616e646f6dUL ^ 0xEE;
            var v2 = key0 ^ 0x6c7967656e657261UL;
            var v3 = key1 ^ 0x7465646279746573UL;
            var last = (ulong)text.Length << 56;
            for (; text.Length >= 8; text = text[8..])
                Mix(BinaryPrimitives.ReadUInt64LittleEndian(text), ref v0, ref v1, ref v2, ref v3);
            for (var i = 0; i < text.Length; i++) last |= (ulong)text[i] << (8 * i);
            Mix(last, ref v0, ref v1, ref v2, ref v3);
            v2 ^= 0xEE;
            for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
            var low = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xDD;
            for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
            return (low, v0 ^ v1 ^ v2 ^ v3);
        }
    }

    private static void Mix(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        unchecked
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
