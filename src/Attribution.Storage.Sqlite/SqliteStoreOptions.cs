using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Core.Values;
using Attribution.Storage.Formats;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Storage.Sqlite;

/// <summary>Options for opening a store.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>
    /// Gets the path of the file. The file and its folder are created if they do not exist. While the store is open
    /// there are also <c>-wal</c> and <c>-shm</c> files: copy all three, or use SQLite's backup.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// Gets the options of the database, including durability. By default the log grows to 32,768 pages (128 MiB)
    /// between checkpoints: aliases fall on random pages, so the same pages are written repeatedly, and copying them to
    /// the file four times less often shortened commits by a quarter. A start after a crash reads the log once, which
    /// takes a few tenths of a second.
    /// </summary>
    public SqliteDatabaseOptions Database { get; init; } = new() { CheckpointPages = 32_768 };

    /// <summary>Gets the newest versions of formats that the caller reads. Tests open a store as an older build.</summary>
    public FormatVersions Formats { get; init; } = FormatVersions.Newest;

    /// <summary>Gets the time zones of the caller. <see cref="Formats"/> must name their version.</summary>
    public TimeZoneSet TimeZones { get; init; } = TimeZoneSet.Bundled;

    /// <summary>Gets the bot rules of the caller. <see cref="Formats"/> must name their version.</summary>
    public BotRules BotRules { get; init; } = BotRules.Default;

    /// <summary>
    /// Gets the version of the caller's list of currencies. <see cref="Formats"/> must name it. Tests open a store as an
    /// older build.
    /// </summary>
    public int Currencies { get; init; } = Currency.ListNumber;
}
