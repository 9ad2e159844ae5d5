using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>Copies of SQLite files that other processes may be writing.</summary>
public static class SqliteBackup
{
    private const int PagesPerStep = 1_024;
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Copies a file as of one moment, the beginning of the call, with SQLite's online backup. Writers of the file are not
    /// delayed, and nothing in the file is changed.
    /// </summary>
    /// <param name="source">An existing file of any schema version.</param>
    /// <param name="target">The file to create. Its folder must exist.</param>
    /// <param name="applicationId">The number that identifies files of this application.</param>
    /// <param name="copied">Called with the number of bytes copied since the previous call.</param>
    /// <param name="cancellation">Checked before each 4 MiB.</param>
    /// <returns>The schema version of the file.</returns>
    /// <exception cref="SqliteFaultException">The file cannot be read, or the copy cannot be written.</exception>
    /// <exception cref="StoreUnusableException">The file belongs to another application.</exception>
    public static int Copy(
        string source, string target, int applicationId, Action<long> copied, CancellationToken cancellation)
    {
        var reader = SqliteSession.Open(source, BusyTimeout, beforeStatement: null);
        try
        {
            // One read transaction around all steps: without it, each commit of another process would restart the copy.
            reader.Begin("BEGIN");
            var version = (int)reader["PRAGMA user_version"].ReadSingleInt64();
            if (reader["PRAGMA application_id"].ReadSingleInt64() is var owner && owner != applicationId)
                throw new StoreUnusableException(
                    $"{source} is a SQLite file of another application (application_id {owner}, not {applicationId}). "
                    + "Name another data folder.");
            CopyPages(reader, target, copied, cancellation);
            return version;
        }
        finally
        {
            reader.EndTransaction();
            reader.Close();
        }
    }

    private static void CopyPages(SqliteSession reader, string target, Action<long> copied, CancellationToken cancellation)
    {
        var pageSize = reader["PRAGMA page_size"].ReadSingleInt64();
        var writer = SqliteSession.Open(target, BusyTimeout, beforeStatement: null);
        try
        {
            using var backup = raw.sqlite3_backup_init(writer.Handle, "main", reader.Handle, "main");
            if (backup.IsInvalid) throw writer.CreateFault(raw.sqlite3_errcode(writer.Handle), "backup");
            var done = 0;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var code = raw.sqlite3_backup_step(backup, PagesPerStep);
                if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE)) throw writer.CreateFault(code, "backup");
                var now = raw.sqlite3_backup_pagecount(backup) - raw.sqlite3_backup_remaining(backup);
                copied((now - done) * pageSize);
                done = now;
                if (code == raw.SQLITE_DONE) return;
            }
        }
        finally
        {
            writer.Close();
        }
    }
}
