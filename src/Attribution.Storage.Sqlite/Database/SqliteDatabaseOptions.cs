namespace Attribution.Storage.Sqlite.Database;

/// <summary>How a SQLite file is opened.</summary>
public sealed record SqliteDatabaseOptions
{
    /// <summary>
    /// When a commit counts as done. Default <see cref="SqliteSynchronous.Full"/>: it is on the disk, and survives a power cut. A killed
    /// process loses nothing under either.
    /// </summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>How long a statement waits for a lock held by another connection or process before it fails. Default 30 s, at least 0.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most connections that read at the same time; a further read waits. Default 4, at least 1.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// Greatest size of the file in pages of 4 KiB; a write beyond it fails as <see cref="SqliteFaultException.IsFull"/> and changes
    /// nothing. Default null: only the disk limits it.
    /// </summary>
    public long? MaxPageCount { get; init; }

    /// <summary>Page cache of the writing connection in KiB, at least 0. Readers have half of it each. Default 32,768 (32 MiB), taken only as it fills.</summary>
    public int CacheKiB { get; init; } = 32_768;

    /// <summary>
    /// The write-ahead log is copied into the file whenever it has grown to this many pages, at the end of the commit that did it. Default
    /// 8,192 (32 MiB): pages that many commits change are then copied once. At least 1; the log's file keeps up to twice that size.
    /// </summary>
    public int CheckpointPages { get; init; } = 8_192;

    /// <summary>
    /// For fault injection: called just before each statement of the writing connection with its text, <c>BEGIN IMMEDIATE</c> and
    /// <c>COMMIT</c> included, and once more with <c>COMMITTED</c> after a commit. What it throws ends the transaction there. Default null.
    /// </summary>
    public Action<string>? BeforeStatement { get; init; }
}

/// <summary>When a commit counts as done.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// When the operating system has it. A power cut or a crash of the operating system may take back the latest commits (those since the
    /// last checkpoint), whole, never a part of one. What was told as done on their strength, such as an event answered with 202, is lost.
    /// </summary>
    Normal = 1,

    /// <summary>When the disk has it: one flush a commit.</summary>
    Full = 2,
}
