using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Storage.DataSets;
using Attribution.Storage.Sqlite.Database;
using Attribution.Storage.Sqlite.Formats;
using Attribution.Storage.Sqlite.Journeys;
using Attribution.Storage.Sqlite.Ledger;

namespace Attribution.Storage.Sqlite;

/// <summary>The database of a store and the indexes that its ports share.</summary>
/// <param name="database">The database.</param>
/// <param name="hash">The hash under which aliases and conversions are indexed.</param>
/// <param name="formats">The agreement on formats; for a rebuild that of the serving store.</param>
/// <param name="timeZones">The sets of time zones that are in use; for a rebuild those of the serving store.</param>
/// <param name="botRules">The bot rules that are in use; for a rebuild those of the serving store.</param>
/// <param name="isRebuild">True for the scratch store of a rebuild.</param>
internal sealed class SqliteStoreContext(
    SqliteDatabase database, AliasHash hash, SqliteFormatStore formats, ParsedDataSets<TimeZoneSet> timeZones, ParsedDataSets<BotRules> botRules,
    bool isRebuild = false)
{
    /// <summary>Gets the database.</summary>
    public SqliteDatabase Database { get; } = database;

    /// <summary>Gets the hash under which aliases and conversions are indexed.</summary>
    public AliasHash Hash { get; } = hash;

    /// <summary>Gets the agreement on formats.</summary>
    public SqliteFormatStore Formats { get; } = formats;

    /// <summary>Gets the sets of time zones that are in use.</summary>
    public ParsedDataSets<TimeZoneSet> TimeZones { get; } = timeZones;

    /// <summary>Gets the bot rules that are in use.</summary>
    public ParsedDataSets<BotRules> BotRules { get; } = botRules;

    /// <summary>Gets the index of aliases.</summary>
    public SqliteAliasIndex Aliases { get; } = new(hash, new SqliteTieredIndex("aliases"));

    /// <summary>Gets the table of ledger entries.</summary>
    public SqliteLedgerTable LedgerTable { get; } = new(hash);

    /// <summary>
    /// Gets a value indicating that this is the scratch store of a rebuild. Archived packs, ledger entries, deltas and
    /// rejections are then in the serving store only.
    /// </summary>
    public bool IsRebuild { get; } = isRebuild;

    /// <summary>
    /// Gets or sets a value indicating that a swap holds the writer of the serving store, so that commits to the scratch
    /// store must not wait for it.
    /// </summary>
    public bool IsSwapping { get; set; }

    /// <summary>Gets the path of the rebuild's file, whether it exists or not.</summary>
    public string RebuildPath { get; } =
        Path.Combine(Path.GetDirectoryName(database.Path)!, "rebuild", Path.GetFileName(database.Path));
}
