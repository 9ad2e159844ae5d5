using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>A statement refused by SQLite. Its transaction was rolled back.</summary>
public sealed class SqliteFaultException : StoreFaultException
{
    /// <summary>Initializes the exception with SQLite's extended result code.</summary>
    public SqliteFaultException(int code, string message) : base(message) => Code = code;

    /// <summary>Gets SQLite's extended result code.</summary>
    public int Code { get; }

    /// <summary>Gets the path of the file; null if it is unknown.</summary>
    public string? Path { get; init; }

    /// <inheritdoc/>
    public override string Summary => Path is null ? base.Summary : SqliteFaults.Describe(Path, this);

    /// <summary>Gets a value indicating that the file is damaged, so that no retry succeeds.</summary>
    public bool IsDamage => PrimaryCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <inheritdoc/>
    public override bool IsEnvironmental => IsTransient || IsDamage;

    /// <summary>Gets the low byte of <see cref="Code"/>: the kind of error.</summary>
    public int PrimaryCode => Code & 0xFF;

    /// <summary>
    /// Gets a value indicating that the file has reached its maximum size
    /// (<see cref="SqliteDatabaseOptions.MaxPageCount"/>) or the disk is full.
    /// </summary>
    public bool IsFull => PrimaryCode == raw.SQLITE_FULL;

    /// <summary>
    /// Gets a value indicating that a lock was held by another connection for longer than
    /// <see cref="SqliteDatabaseOptions.BusyTimeout"/>.
    /// </summary>
    public bool IsBusy => PrimaryCode == raw.SQLITE_BUSY;

    /// <inheritdoc/>
    public override bool IsTransient =>
        PrimaryCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM
        or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PROTOCOL or raw.SQLITE_INTERRUPT;
}
