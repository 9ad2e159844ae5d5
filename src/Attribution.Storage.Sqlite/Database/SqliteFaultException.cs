using SQLitePCL;

namespace Attribution.Storage.Sqlite.Database;

/// <summary>SQLite refused a statement. The transaction it belonged to was rolled back.</summary>
public sealed class SqliteFaultException : StoreFaultException
{
    /// <summary>With SQLite's extended result code.</summary>
    public SqliteFaultException(int code, string message) : base(message) => Code = code;

    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; }

    /// <summary>The low byte of <see cref="Code"/>, which says what kind of fault it is.</summary>
    public int PrimaryCode => Code & 0xFF;

    /// <summary>The file reached its greatest size (<see cref="SqliteDatabaseOptions.MaxPageCount"/>), or the disk is full.</summary>
    public bool IsFull => PrimaryCode == raw.SQLITE_FULL;

    /// <summary>Somebody else held the lock for longer than <see cref="SqliteDatabaseOptions.BusyTimeout"/>.</summary>
    public bool IsBusy => PrimaryCode == raw.SQLITE_BUSY;

    /// <inheritdoc/>
    public override bool IsTransient => PrimaryCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_NOMEM
        or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PROTOCOL or raw.SQLITE_INTERRUPT;
}
