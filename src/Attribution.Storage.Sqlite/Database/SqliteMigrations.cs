using System.Diagnostics;
using System.Globalization;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>Opens files for writing: checks their owner and version, and runs the missing migrations.</summary>
internal static class SqliteMigrations
{
    // Pages of 4 KiB, as in the file system. Most writes are small and random (an alias, a journey), and each costs a
    // whole page in the log. Larger pages would only help rows that are rare here.
    private const int PageSize = 4096;

    /// <summary>Opens a file as its writer. Creates and upgrades it if necessary.</summary>
    /// <exception cref="StoreUnusableException">The file cannot be used.</exception>
    public static SqliteSession Open(
        string path, int applicationId, IReadOnlyList<string> migrations, SqliteDatabaseOptions options)
    {
        SqliteSession? session = null;
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            session = SqliteSession.Open(path, options.BusyTimeout, options.BeforeStatement);
            // In one transaction, because another process may be creating the file at the same time.
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

    /// <summary>Sets the options of a connection.</summary>
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
            // Memory mapping is not used: the map is rebuilt page by page whenever the file has grown, and every page
            // that a reader ever touched stays resident.
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
                $"{session.Path} is a SQLite file of another application (application_id {owner}, not {applicationId}). "
                + "Move it, or name another file or data folder.");
        if (version > newest)
            throw new StoreUnusableException(
                $"{session.Path} was written by a newer version (schema {version}, this build supports up to {newest}). "
                + "Start that version, or name another file or data folder.");
    }

    /// <summary>
    /// Switches to WAL mode. This takes all locks at once, for which SQLite does not apply its own timeout if another
    /// process does the same.
    /// </summary>
    private static void EnterWal(SqliteSession session, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var mode = ReadText(session, "PRAGMA journal_mode=WAL");
                if (mode == "wal") return;
                throw new StoreUnusableException(
                    $"{session.Path}: the file system does not support a write-ahead log (mode stays {mode}). "
                    + "Name a folder on a local disk.");
            }
            catch (SqliteFaultException e) when (e.IsBusy && Stopwatch.GetElapsedTime(started) < timeout)
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
            // Another process may have migrated the file in the meantime, possibly to a newer version.
            CheckOwner(session, applicationId, migrations.Count);
            var version = (int)ReadNumber(session, "PRAGMA user_version");
            if (version < migrations.Count)
            {
                session.Execute(migrations[version]);
                session.Execute(string.Create(
                    CultureInfo.InvariantCulture,
                    $"PRAGMA application_id={applicationId}; PRAGMA user_version={version + 1}"));
            }
            session.Commit();
        }
    }

    private static StoreUnusableException ToUnusable(string path, Exception e) => new(
        e is SqliteFaultException fault
            ? SqliteFaults.Describe(path, fault)
            : $"{path} cannot be created: {e.Message} Name a folder that this user can write to.",
        e);

    private static long ReadNumber(SqliteSession session, string query) => session[query].ReadSingleInt64();

    private static string ReadText(SqliteSession session, string query)
    {
        var statement = session[query];
        var value = statement.Step() ? statement.Text(0) : "";
        statement.Reset();
        return value;
    }
}
