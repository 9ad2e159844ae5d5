namespace Attribution.Storage.Sqlite;

/// <summary>Where the store's file is and how it is opened.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The file, made with its folder when absent. Beside it stand <c>-wal</c> and <c>-shm</c> files while it is open: copy all three, or use SQLite's backup.</summary>
    public required string Path { get; init; }

    /// <summary>How the file is opened, durability included.</summary>
    public SqliteDatabaseOptions Database { get; init; } = new();

    /// <summary>For tests of colliding aliases: changes the hash of every alias. Must stay the same for the life of the file.</summary>
    internal Func<long, long> AliasHashOf { get; init; } = static hash => hash;
}
