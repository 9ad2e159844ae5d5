using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb.Database;
using Attribution.Storage.MongoDb.Formats;
using MongoDB.Driver;

namespace Attribution.Storage.MongoDb;

/// <summary>A connected database with its collections, shared by all ports of a store. Thread-safe.</summary>
internal sealed class MongoStoreContext
{
    private readonly Action<string>? beforeStatement;

    /// <summary>Creates the context of a store or of a rebuild.</summary>
    /// <param name="client">Client of the driver.</param>
    /// <param name="database">Database of the store.</param>
    /// <param name="beforeStatement">
    /// Test hook: receives the text of each statement of a write, and is called after each commit.
    /// </param>
    /// <param name="formats">The newest versions of formats that the caller reads.</param>
    /// <param name="timeZones">The sets of time zones that are in use.</param>
    /// <param name="botRules">The bot rules that are in use.</param>
    /// <param name="rebuildGeneration">
    /// Generation that a rebuild writes. Null: the context is that of the store in use.
    /// </param>
    public MongoStoreContext(
        IMongoClient client, IMongoDatabase database, Action<string>? beforeStatement, FormatVersions formats,
        ParsedDataSets<TimeZoneSet> timeZones, ParsedDataSets<BotRules> botRules, long? rebuildGeneration = null)
    {
        (Client, Database, RebuildGeneration, this.beforeStatement) = (client, database, rebuildGeneration, beforeStatement);
        Collections = new MongoCollections(database, rebuildGeneration is null ? "" : MongoSchema.RebuildPrefix);
        Gates = new MongoCommitGates(Collections.Gates, beforeStatement);
        Transactions = new MongoTransactions(client, Gates, beforeStatement);
        Formats = new MongoFormatStore(Transactions, new MongoCollections(database, ""), formats);
        (TimeZones, BotRules) = (timeZones, botRules);
    }

    public IMongoClient Client { get; }

    public IMongoDatabase Database { get; }

    public MongoCollections Collections { get; }

    public MongoCommitGates Gates { get; }

    public MongoTransactions Transactions { get; }

    /// <summary>Gets the agreement on formats; a rebuild has that of the store in use.</summary>
    public MongoFormatStore Formats { get; }

    /// <summary>Gets the sets of time zones that are in use.</summary>
    public ParsedDataSets<TimeZoneSet> TimeZones { get; }

    /// <summary>Gets the bot rules that are in use.</summary>
    public ParsedDataSets<BotRules> BotRules { get; }

    /// <summary>
    /// Gets the generation that a rebuild writes; null for the store in use. A rebuild keeps no archived packs, ledger
    /// entries, deltas and rejections: they are in the store in use.
    /// </summary>
    public long? RebuildGeneration { get; }

    /// <summary>Creates the context of a rebuild in the same database.</summary>
    public MongoStoreContext ForRebuild(long generation) => new(Client, Database, beforeStatement, Formats.Known, TimeZones, BotRules, generation);
}
