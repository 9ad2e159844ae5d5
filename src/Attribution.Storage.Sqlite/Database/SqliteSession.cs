using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Attribution.Core.Values;
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
        return new SqliteFaultException(extended, $"{Path}: {raw.sqlite3_errmsg(Handle).utf8_to_string()} ({extended}) at: {text}") { Path = Path };
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

/// <summary>
/// A prepared statement, kept by its session for reuse. Parameters are bound from 1. Then <see cref="Run"/> executes
/// it, or <see cref="Step"/> moves through its rows, whose columns are read from 0. Returned spans are valid until the
/// next step. Not thread-safe.
/// </summary>
public sealed class SqliteStatement
{
    private readonly SqliteSession session;
    private readonly sqlite3_stmt handle;
    private readonly string text;
    private bool stepping;

    internal SqliteStatement(SqliteSession session, sqlite3_stmt handle, string text) =>
        (this.session, this.handle, this.text) = (session, handle, text);

    /// <summary>Binds an integer.</summary>
    public SqliteStatement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(handle, index, value));

    /// <summary>Binds an integer; null binds NULL.</summary>
    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    /// <summary>Binds text; null binds NULL.</summary>
    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null) return BindNull(index);
        var maxBytes = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = maxBytes > 512 ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        var buffer = rented ?? stackalloc byte[512];
        var written = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(handle, index, (ReadOnlySpan<byte>)buffer[..written]));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Binds text that is already encoded as UTF-8.</summary>
    public SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8) =>
        Check(raw.sqlite3_bind_text(handle, index, utf8));

    /// <summary>Binds bytes; an empty span binds an empty blob, not NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value) =>
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));

    /// <summary>Binds a time in Unix milliseconds; null binds NULL.</summary>
    public SqliteStatement Bind(int index, Timestamp? value) => Bind(index, value?.UnixMilliseconds);

    /// <summary>Binds an id as 16 bytes in the order of its text, so that time-ordered ids sort by time.</summary>
    public SqliteStatement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    /// <summary>Binds NULL.</summary>
    public SqliteStatement BindNull(int index) => Check(raw.sqlite3_bind_null(handle, index));

    /// <summary>
    /// Binds an integer of 128 bits: as an integer if it fits 64 bits, otherwise as a blob of 16 bytes, the most
    /// significant first.
    /// </summary>
    public SqliteStatement BindWide(int index, Int128 value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return Bind(index, (long)value);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value);
        return Bind(index, bytes);
    }

    /// <summary>Executes the statement to its end and resets it.</summary>
    /// <returns>The number of rows inserted, changed or deleted.</returns>
    public int Run()
    {
        while (Step())
        {
        }
        return raw.sqlite3_changes(session.Handle);
    }

    /// <summary>Moves to the next row. Returns false, and resets the statement, if there is none.</summary>
    public bool Step()
    {
        if (!stepping) session.InvokeHook(text);
        stepping = true;
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE)
        {
            var fault = session.CreateFault(code, text);
            Reset();
            throw fault;
        }
        Reset();
        return false;
    }

    /// <summary>Resets the statement, even if not all of its rows were read.</summary>
    public void Reset()
    {
        stepping = false;
        // The result repeats the error of the last step, which was already thrown.
        _ = raw.sqlite3_reset(handle);
    }

    /// <summary>Executes a statement that returns one row and resets it.</summary>
    /// <returns>The first column as an integer; NULL is 0.</returns>
    public long ReadSingleInt64()
    {
        Step();
        var number = Int64(0);
        Reset();
        return number;
    }

    /// <summary>Reads an integer column; NULL is 0.</summary>
    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>Returns an integer that <see cref="BindWide"/> has bound.</summary>
    public Int128 Wide(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_BLOB
        ? BinaryPrimitives.ReadInt128BigEndian(Blob(column))
        : Int64(column);

    /// <summary>
    /// Returns the text of two columns whose values <see cref="Sum"/> combines to the sum of an integer column. SQLite
    /// itself adds in 64 bits.
    /// </summary>
    public static string SumOf(string column) => $"SUM({column} >> 32), SUM({column} & 4294967295)";

    /// <summary>Returns the sum of <see cref="SumOf"/>.</summary>
    /// <param name="column">The first of its two columns.</param>
    public Int128 Sum(int column) => ((Int128)Int64(column) << 32) + Int64(column + 1);

    /// <summary>Reads a text column; NULL is null.</summary>
    public string? TextOrNull(int column) =>
        IsNull(column) ? null : raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>Reads an integer column; NULL is null.</summary>
    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>Reads a text column that is not NULL.</summary>
    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>Reads the bytes of a blob, or of text as UTF-8. The span is valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Reads an id.</summary>
    public Guid Guid(int column) => new(Blob(column), bigEndian: true);

    /// <summary>Reads a time, stored in Unix milliseconds.</summary>
    public Timestamp Timestamp(int column) => new(Int64(column));

    /// <summary>Reads a time, stored in Unix milliseconds; NULL is null.</summary>
    public Timestamp? TimestampOrNull(int column) => IsNull(column) ? null : new Timestamp(Int64(column));

    /// <summary>Reads a day, stored as its day number.</summary>
    public DateOnly Day(int column) => DateOnly.FromDayNumber((int)Int64(column));

    /// <summary>Returns true if a column is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    internal void EndUse()
    {
        if (stepping) Reset();
    }

    internal void Close() => handle.Dispose();

    private SqliteStatement Check(int code) => code == raw.SQLITE_OK ? this : throw session.CreateFault(code, text);
}
