using Attribution.Core.Catalog;
using Attribution.Core.Quality;
using Attribution.Storage.DataSets;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb;
using Attribution.TestKit.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Attribution.Storage.Tests.MongoDb;

/// <summary>
/// Ports of the store on a scripted endpoint, for tests of the commands that they send. Only the answers that a test scripts differ
/// from those of an empty store whose writes succeed.
/// </summary>
internal sealed class ScriptedMongoStore : IAsyncDisposable
{
    private readonly ScriptedMongoEndpoint endpoint;
    private readonly MongoClient client;

    /// <param name="script">Answer to a command on a collection; null for that of an empty store.</param>
    public ScriptedMongoStore(Func<string, BsonDocument, ScriptedAnswer?> script)
    {
        endpoint = new(command => script(CollectionOf(command), command) ?? AnswerEmpty(CollectionOf(command), command));
        client = new(endpoint.ConnectionString);
        Context = new(
            client, client.GetDatabase("attribution"), null, FormatVersions.Newest, ParsedDataSets.ForTimeZones(TimeZoneSet.Bundled),
            ParsedDataSets.ForBotRules(BotRules.Default));
    }

    public MongoStoreContext Context { get; }

    /// <summary>Gets the commands so far, without those that end sessions and cursors.</summary>
    public IReadOnlyList<BsonDocument> Requests =>
        [.. endpoint.Requests.Where(request => request.GetElement(0).Name is not ("endSessions" or "killCursors"))];

    /// <summary>Gets those commands as words: the name and the collection.</summary>
    public IReadOnlyList<string> Commands => [.. Requests.Select(Describe)];

    public static string CollectionOf(BsonDocument command) => command.GetElement(0).Value is BsonString name ? name.Value
        : command.TryGetValue("collection", out var collection) ? collection.AsString : "";

    public static string Describe(BsonDocument command) => $"{command.GetElement(0).Name} {CollectionOf(command)}".TrimEnd();

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return endpoint.DisposeAsync();
    }

    private static ScriptedAnswer? AnswerEmpty(string collection, BsonDocument command) => command.GetElement(0).Name switch
    {
        "find" when collection is "meta" or "rebuild.meta" && IdOf(command) == "store" => collection == "meta" ? ScriptedAnswer.Batch(Meta) : ScriptedAnswer.Batch(),
        "find" or "aggregate" or "listCollections" => ScriptedAnswer.Batch(),
        "update" when collection == "gates" => Written(CountGates(command["updates"][0].AsBsonDocument)),
        "insert" => Written(command["documents"].AsBsonArray.Count),
        "update" => Written(command["updates"].AsBsonArray.Count),
        "delete" => Written(0),
        _ => null,
    };

    /// <summary>Returns how many gates an update matches: a named one, all others that are barred next, or all that a transaction opens.</summary>
    private static int CountGates(BsonDocument update) =>
        !update.GetValue("multi", false).AsBoolean ? 1 : update["q"].AsBsonDocument.Contains("_id") ? 63 : 64;

    private static string? IdOf(BsonDocument command) =>
        command.TryGetValue("filter", out var filter) && filter.AsBsonDocument.TryGetValue("_id", out var id) && id.IsString ? id.AsString : null;

    private static BsonDocument Meta => new()
    {
        { "_id", "store" }, { "schema", 3 }, { "catalogVersion", 0L }, { "journeysVersion", 0L }, { "placementSharesVersion", 0L },
        { "firstOrdersVersion", 0L }, { "generation", 0L },
    };

    private static ScriptedAnswer Written(int count) => new(new BsonDocument { { "n", count }, { "nModified", count }, { "ok", 1 } });
}
