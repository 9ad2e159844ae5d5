using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// A connection within the transaction of one piece of work. Not thread-safe; it must not be kept after the work.
/// </summary>
public sealed class SqliteSession
{
    private readonly Dictionary<string, SqliteStatement> statements = [];
    private readonly Action<string>? beforeStatement;

    private SqliteSession(sqlite3 handle, string path, Action<string>? beforeStatement) =>
        (Handle, Path, this.beforeStatement) = (handle, path, beforeStatement);

    internal sqlite3 Handle { get; }

    internal string Path { get; }

    /// <summary>Gets the row number of the last inserted row.</summary>
    public long LastRow => raw.sqlite3_last_insert_rowid(Handle);

    internal bool Abandoned { get; private set; }

    /// <summary>
    /// Gets the statement with a text. It is prepared on first use and cached, so use few, constant texts. The
    /// statement must not be in use.
    /// </summary>
    /// <exception cref="SqliteFaultException">The text is not a valid statement of this database.</exception>
    public SqliteStatement this[string text]
    {
        get
        {
            if (statements.TryGetValue(text, out var known)) return known;
            var code = raw.sqlite3_prepare_v3(Handle, text, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
            if (code != raw.SQLITE_OK) throw CreateFault(code, text);
            return statements[text] = new SqliteStatement(this, prepared, text);
        }
    }

    /// <summary>Rolls back everything this transaction wrote when the work returns, without an exception.</summary>
    public void Abandon() => Abandoned = true;

    /// <summary>Executes statements, separated by semicolons, without caching them.</summary>
    public void Execute(string script)
    {
        InvokeHook(script);
        ExecuteWithoutHook(script);
    }

    internal static SqliteSession Open(string path, TimeSpan busyTimeout, Action<string>? beforeStatement)
    {
        Batteries_V2.Init();
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null!);
        var session = new SqliteSession(handle, path, beforeStatement);
        if (code != raw.SQLITE_OK)
        {
            var fault = session.CreateFault(code, "open");
            session.Close();
            throw fault;
        }
        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, (int)Math.Min(int.MaxValue, busyTimeout.TotalMilliseconds));
        return session;
    }

    internal void InvokeHook(string text) => beforeStatement?.Invoke(text);

    internal void Begin(string begin)
    {
        Abandoned = false;
        Execute(begin);
    }

    internal void Commit()
    {
        Execute("COMMIT");
        InvokeHook("COMMITTED");
    }

    /// <summary>Ends the work: resets all statements and rolls back an open transaction.</summary>
    /// <returns>True if the connection can be reused.</returns>
    internal bool EndTransaction()
    {
        foreach (var statement in statements.Values) statement.EndUse();
        if (raw.sqlite3_get_autocommit(Handle) == 0) _ = raw.sqlite3_exec(Handle, "ROLLBACK");
        return raw.sqlite3_get_autocommit(Handle) != 0;
    }

    internal void Close()
    {
        foreach (var statement in statements.Values) statement.Close();
        statements.Clear();
        Handle.Dispose();
    }

    internal SqliteFaultException CreateFault(int code, string text)
    {
        var extended = raw.sqlite3_extended_errcode(Handle);
        if ((extended & 0xFF) != (code & 0xFF)) extended = code;
        return new SqliteFaultException(extended, $"{Path}: {raw.sqlite3_errmsg(Handle).utf8_to_string()} ({extended}) at: {text}");
    }

    /// <summary>
    /// Copies the log into the file and truncates it. Returns false if a reader still uses the log.
    /// </summary>
    internal bool TruncateLog()
    {
        var checkpoint = this["PRAGMA wal_checkpoint(TRUNCATE)"];
        var busy = !checkpoint.Step() || checkpoint.Int64(0) != 0;
        checkpoint.Reset();
        return !busy;
    }

    internal void ExecuteWithoutHook(string script)
    {
        var code = raw.sqlite3_exec(Handle, script);
        if (code != raw.SQLITE_OK) throw CreateFault(code, script);
    }
}
