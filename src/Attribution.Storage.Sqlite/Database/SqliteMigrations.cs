using System.Diagnostics;
using System.Globalization;
using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>Opens a file for writing: whose is it, which version has it, what is missing.</summary>
internal static class SqliteMigrations
{
    // Pages of 4 KiB, the file system's own: most writes are small and land anywhere (an alias, one journey), and each costs a whole page in
    // the log. Larger pages only help rows that are rare here.
    private const int PageSize = 4096;

    public static SqliteSession Open(string path, int applicationId, IReadOnlyList<string> migrations, SqliteDatabaseOptions options)
    {
        SqliteSession? session = null;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            session = SqliteSession.Open(path, options.BusyTimeout, options.BeforeStatement);
            // As of one moment: another process may be making the file just now.
            session.ExecuteWithoutHook("BEGIN");
            CheckOwner(session, applicationId, migrations.Count);
            session.ExecuteWithoutHook("COMMIT");
            session.ExecuteWithoutHook($"PRAGMA page_size={PageSize}");
            EnterWal(session, options.BusyTimeout);
            Configure(session, options, write: true);
            Migrate(session, applicationId, migrations);
            return session;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(session);
            throw ToUnusable(path, e);
        }
        catch
        {
            Discard(session);
            throw;
        }
    }

    public static SqliteSession Configure(SqliteSession session, SqliteDatabaseOptions options, bool write)
    {
        string[] pragmas = write
            ?
            [
                $"synchronous={options.Synchronous}",
                $"cache_size=-{options.CacheKiB}",
                $"wal_autocheckpoint={options.CheckpointPages}",
                $"journal_size_limit={2L * options.CheckpointPages * PageSize}",
                $"max_page_count={options.MaxPageCount ?? uint.MaxValue - 1}",
                "foreign_keys=0",
                "temp_store=MEMORY",
            ]
            // Pages are read, not mapped: a map is made anew, page by page, whenever the file has grown, and what a reader ever touched of it stays resident.
            : ["query_only=1", $"cache_size=-{options.CacheKiB / 2}", "temp_store=MEMORY"];
        foreach (var pragma in pragmas) session.ExecuteWithoutHook("PRAGMA " + pragma);
        return session;
    }

    private static void Discard(SqliteSession? session)
    {
        session?.EndTransaction();
        session?.Close();
    }

    private static void CheckOwner(SqliteSession session, int applicationId, int newest)
    {
        var owner = ReadNumber(session, "PRAGMA application_id");
        var version = ReadNumber(session, "PRAGMA user_version");
        if (owner == 0 && version == 0 && ReadNumber(session, "SELECT COUNT(*) FROM sqlite_master") == 0) return;
        if (owner != applicationId)
            throw new StoreUnusableException(
                $"{session.Path} is another application's SQLite file (application_id {owner}, not {applicationId}): move it away, or name another file or data folder.");
        if (version > newest)
            throw new StoreUnusableException(
                $"{session.Path} was written by a newer version (schema {version}, this build knows up to {newest}): start that version, or name another file or data folder.");
    }

    /// <summary>
    /// Changing the mode takes every lock at once, for which SQLite does not wait by its own time-out when another process is doing the same.
    /// </summary>
    private static void EnterWal(SqliteSession session, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var mode = ReadText(session, "PRAGMA journal_mode=WAL");
                if (mode == "wal") return;
                throw new StoreUnusableException($"{session.Path}: its file system does not carry a write-ahead log (mode stays {mode}): name a folder on a local disk.");
            }
            catch (SqliteFaultException e) when (e.IsBusy && Stopwatch.GetElapsedTime(started) < patience)
            {
                Thread.Sleep(5);
            }
        }
    }

    private static void Migrate(SqliteSession session, int applicationId, IReadOnlyList<string> migrations)
    {
        while (ReadNumber(session, "PRAGMA user_version") < migrations.Count)
        {
            session.Begin("BEGIN IMMEDIATE");
            // Another process may have been faster, or newer.
            CheckOwner(session, applicationId, migrations.Count);
            var version = (int)ReadNumber(session, "PRAGMA user_version");
            if (version < migrations.Count)
            {
                session.Execute(migrations[version]);
                session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id={applicationId}; PRAGMA user_version={version + 1}"));
            }
            session.Commit();
        }
    }

    private static StoreUnusableException ToUnusable(string path, Exception e) => new(
        e is not SqliteFaultException fault ? $"{path} cannot be made: {e.Message} Name a folder that this user may write to."
        : fault.PrimaryCode switch
        {
            raw.SQLITE_NOTADB => $"{path} is not a SQLite file: move it away, or name another file or data folder.",
            raw.SQLITE_CORRUPT => $"{path} is damaged ({fault.Message}): restore it from a copy, or name another file or data folder.",
            raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM =>
                $"{path} cannot be opened for writing: let this user write the file and its folder, or name another data folder.",
            raw.SQLITE_BUSY => $"{path} is locked by another process: stop that process, or name another file or data folder.",
            raw.SQLITE_FULL => $"{path} cannot grow: the disk is full, or its greatest size is reached.",
            _ => $"{path} cannot be used: {fault.Message}.",
        },
        e);

    private static long ReadNumber(SqliteSession session, string query)
    {
        var statement = session[query];
        var value = statement.Step() ? statement.Int64(0) : 0;
        statement.Reset();
        return value;
    }

    private static string ReadText(SqliteSession session, string query)
    {
        var statement = session[query];
        var value = statement.Step() ? statement.Text(0) : "";
        statement.Reset();
        return value;
    }
}
