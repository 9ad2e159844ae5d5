using System.Globalization;
using Attribution.Core.Values;
using Attribution.Storage.Rebuilds;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Journeys;

namespace Attribution.Storage.Sqlite;

/// <summary>The table <c>meta</c>, one value per key.</summary>
internal static class SqliteMeta
{
    /// <summary>Reads the version of the catalog.</summary>
    public static long ReadCatalogVersion(SqliteSession session) => ReadNumber(session, "catalog_version");

    /// <summary>Reads the generation of journeys, which each rebuild increments.</summary>
    public static long ReadGeneration(SqliteSession session) => ReadNumber(session, "generation");

    /// <summary>Reads a number that every store has.</summary>
    /// <exception cref="InvalidDataException">The key is missing.</exception>
    public static long ReadNumber(SqliteSession session, string key)
    {
        var select = session["SELECT value FROM meta WHERE key = ?"].Bind(1, key);
        var number = select.Step() ? select.Int64(0) : throw new InvalidDataException($"{session.Path} has no {key}.");
        select.Reset();
        return number;
    }

    /// <summary>
    /// Raises the version of the catalog without a change of its items, so that all journeys are evaluated again. Does
    /// nothing in a store without journeys.
    /// </summary>
    public static void MakeJourneysStale(SqliteSession session)
    {
        session["UPDATE meta SET value = value + 1 WHERE key = 'catalog_version' AND EXISTS (SELECT 1 FROM journeys)"].Run();
        session["UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'catalog_version') "
            + "WHERE key = 'journeys_version' AND EXISTS (SELECT 1 FROM journeys)"].Run();
    }

    /// <summary>Reads the key of the alias hash, 16 bytes; empty if it is missing.</summary>
    public static byte[] ReadAliasKey(SqliteSession session)
    {
        var select = session["SELECT value FROM meta WHERE key = 'alias_key'"];
        return select.Step() ? select.Blob(0).ToArray() : [];
    }

    /// <summary>Reads the alias hash.</summary>
    /// <exception cref="StoreUnusableException">The key of the hash is missing.</exception>
    public static AliasHash ReadAliasHash(SqliteSession session) =>
        ReadAliasKey(session) is { Length: 16 } key
            ? new AliasHash(key)
            : throw new StoreUnusableException(
                $"{session.Path} is damaged (its alias key is missing). Restore it from a copy, or name another data folder.");

    /// <summary>
    /// Reads the fingerprint of the secret that customer keys are hashed with; null if none is stored.
    /// </summary>
    public static string? ReadFingerprint(SqliteSession session)
    {
        var select = session["SELECT value FROM meta WHERE key = 'customer_keys'"];
        return select.Step() ? select.Text(0) : null;
    }

    /// <summary>
    /// Returns the outcome of a run's rebuild if that rebuild was the last one swapped in; else null.
    /// </summary>
    public static RebuildOutcome? FindRebuild(SqliteSession session, Guid run)
    {
        var select = session["SELECT value FROM meta WHERE key = 'rebuilt'"];
        var parts = select.Step() ? select.Text(0).Split(' ') : [];
        select.Reset();
        return parts is [var id, var conversions, var lines, var cells] && id == run.ToString("N")
            ? new RebuildOutcome(ParseNumber(conversions), ParseNumber(lines), ParseNumber(cells))
            : null;

        static long ParseNumber(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Stores the outcome of a run's rebuild, in place of the previous rebuild's.</summary>
    public static void RecordRebuild(SqliteSession session, Guid run, RebuildOutcome outcome) =>
        session["INSERT OR REPLACE INTO meta VALUES ('rebuilt', ?)"]
            .Bind(1, string.Create(CultureInfo.InvariantCulture, $"{run:N} {outcome.Conversions} {outcome.Lines} {outcome.Cells}"))
            .Run();
}

/// <summary>
/// The mark next to a store: number, id and time of its newest committed pack, written after each commit. A mark that is
/// older than the store is normal: several processes write it, and a machine that loses power may lose it.
/// </summary>
internal static class SqliteStoreMark
{
    /// <summary>Returns the marked pack; null if none was marked, or the mark is not readable.</summary>
    public static MarkedPack? Parse(string mark) =>
        mark.Split(' ') is [var number, var id, var at]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && Guid.TryParseExact(id, "D", out var pack) && Rfc3339.TryParse(at, out var committedAt)
            ? new MarkedPack(sequence, pack, committedAt)
            : null;

    /// <summary>Returns the text of the mark.</summary>
    public static string Format(MarkedPack newest) =>
        string.Create(CultureInfo.InvariantCulture, $"{newest.Number} {newest.PackId:D} {newest.CommittedAt}");

    /// <summary>Returns what the store lacks of what its mark names; null if it lacks nothing.</summary>
    /// <param name="session">A session of the store.</param>
    /// <param name="marked">The mark, read before the session began.</param>
    public static MissingPacks? FindMissing(SqliteSession session, MarkedPack marked)
    {
        var select = session["SELECT id FROM packs WHERE seq = ?"].Bind(1, marked.Number);
        Guid? found = select.Step() ? select.Guid(0) : null;
        select.Reset();
        if (found == marked.PackId) return null;
        var last = session["SELECT COALESCE(MAX(seq), 0) FROM packs"].ReadSingleInt64();
        // Retention may have deleted the marked pack, or all packs.
        if (found is null && (last > marked.Number || (last == 0 && HasForgottenPacks(session)))) return null;
        return new(marked, found is null ? marked.Number - last : null);
    }

    private static bool HasForgottenPacks(SqliteSession session)
    {
        var select = session["SELECT 1 FROM meta WHERE key = 'packs_forgotten'"];
        var has = select.Step();
        select.Reset();
        return has;
    }
}
