using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

/// <summary>Where the store's file is and how it is opened.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The file, made with its folder when absent. Beside it stand <c>-wal</c> and <c>-shm</c> files while it is open: copy all three, or use SQLite's backup.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// How the file is opened, durability included. Here the log grows to 32,768 pages (128 MiB) between checkpoints unless told
    /// otherwise: aliases fall on pages at random, so the same pages are written again and again, and copying them into the file four
    /// times less often took a quarter off the time of a commit. A start after a kill reads the log once, some tenths of a second.
    /// </summary>
    public SqliteDatabaseOptions Database { get; init; } = new() { CheckpointPages = 32_768 };
}
