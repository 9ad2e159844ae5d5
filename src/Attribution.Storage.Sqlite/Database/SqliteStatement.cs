using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>
/// A prepared statement, kept by its session for the next use. Bind from 1, then <see cref="Run"/> it, or <see cref="Step"/> through its
/// rows and read columns from 0. Spans it hands out are valid until the next step. Not thread-safe.
/// </summary>
public sealed class SqliteStatement
{
    private readonly SqliteSession session;
    private readonly sqlite3_stmt handle;
    private readonly string text;
    private bool stepping;

    internal SqliteStatement(SqliteSession session, sqlite3_stmt handle, string text) => (this.session, this.handle, this.text) = (session, handle, text);

    /// <summary>Binds an integer.</summary>
    public SqliteStatement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(handle, index, value));

    /// <summary>Binds an integer; null binds NULL.</summary>
    public SqliteStatement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    /// <summary>Binds text; null binds NULL.</summary>
    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null) return BindNull(index);
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        var buffer = rented ?? stackalloc byte[512];
        var written = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(handle, index, (ReadOnlySpan<byte>)buffer[..written]));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Binds text that is UTF-8 already.</summary>
    public SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8) => Check(raw.sqlite3_bind_text(handle, index, utf8));

    /// <summary>Binds bytes; an empty span binds an empty blob, not NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value) =>
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));

    /// <summary>Binds an id as its 16 bytes in the order of its text, so that time-ordered ids sort by time.</summary>
    public SqliteStatement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    /// <summary>Binds NULL.</summary>
    public SqliteStatement BindNull(int index) => Check(raw.sqlite3_bind_null(handle, index));

    /// <summary>Runs to the end and makes the statement ready for its next use.</summary>
    /// <returns>How many rows it inserted, changed or deleted.</returns>
    public int Run()
    {
        while (Step())
        {
        }
        return raw.sqlite3_changes(session.Handle);
    }

    /// <summary>Goes to the next row. False: there is none, and the statement is ready for its next use.</summary>
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

    /// <summary>Makes the statement ready for its next use before its last row was reached.</summary>
    public void Reset()
    {
        stepping = false;
        // Its answer repeats the fault of the last step, which was thrown already.
        _ = raw.sqlite3_reset(handle);
    }

    /// <summary>An integer column; NULL is 0.</summary>
    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    /// <summary>A text column; NULL is null.</summary>
    public string? TextOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>An integer column; NULL is null.</summary>
    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>A text column that is not NULL.</summary>
    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>The bytes of a blob (or of text, as UTF-8). Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>An id.</summary>
    public Guid Guid(int column) => new(Blob(column), bigEndian: true);

    /// <summary>Whether a column is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    internal void EndUse()
    {
        if (stepping) Reset();
    }

    internal void Close() => handle.Dispose();

    private SqliteStatement Check(int code) => code == raw.SQLITE_OK ? this : throw session.CreateFault(code, text);
}
