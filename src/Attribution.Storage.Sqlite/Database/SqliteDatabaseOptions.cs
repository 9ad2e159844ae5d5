namespace Attribution.Storage.Sqlite.Database;

/// <summary>Options for opening a SQLite file.</summary>
public sealed record SqliteDatabaseOptions
{
    /// <summary>
    /// Gets the durability of commits. The default is <see cref="SqliteSynchronous.Full"/>: a commit survives a power
    /// failure. A killed process loses nothing with either value.
    /// </summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>
    /// Gets the time that a statement waits for a lock of another connection or process before it fails. At least 0;
    /// the default is 30 s.
    /// </summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets the maximum number of concurrent reads; further reads wait. At least 1; the default is 4.
    /// </summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// Gets the maximum size of the file in pages of 4 KiB. A write beyond it fails with
    /// <see cref="SqliteFaultException.IsFull"/> and changes nothing. The default, null, sets no limit.
    /// </summary>
    public long? MaxPageCount { get; init; }

    /// <summary>
    /// Gets the page cache of the writing connection in KiB, at least 0; readers have half of it each. The default is
    /// 32,768 (32 MiB). Memory is allocated only as the cache fills.
    /// </summary>
    public int CacheKiB { get; init; } = 32_768;

    /// <summary>
    /// Gets the number of pages of the write-ahead log after which a commit copies the log into the file. At least 1;
    /// the default is 8,192 (32 MiB), so that pages changed by many commits are copied once. The log's file keeps up to
    /// twice that size.
    /// </summary>
    public int CheckpointPages { get; init; } = 8_192;

    /// <summary>
    /// Gets a value indicating whether a mark is next to the file, <c>.mark</c> instead of <c>.db</c>: one line of text of
    /// the owner, which tells what the file had. A SQLite file cannot tell by itself that it was cut or replaced. The
    /// default is false.
    /// </summary>
    public bool HasMark { get; init; }

    /// <summary>
    /// Gets a function for fault injection. It is called before each statement of the writing connection with its text,
    /// including <c>BEGIN IMMEDIATE</c> and <c>COMMIT</c>, and with <c>COMMITTED</c> after a commit. An exception from
    /// it ends the transaction. The default is null.
    /// </summary>
    public Action<string>? BeforeStatement { get; init; }
}
