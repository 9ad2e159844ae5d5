using Attribution.Core.Catalog;
using Attribution.Storage.Formats;
using Attribution.Storage.MongoDb;
using Attribution.TestKit.Storage;
using Attribution.TestKit.Stores;
using MongoDB.Driver;

namespace Attribution.Storage.Tests.MongoDb;

/// <summary>Opens stores on MongoDB. The test is skipped if no server is available.</summary>
internal sealed class MongoConformanceStores : ConformanceStores
{
    // Each test uses its own databases, which are dropped when it ends. A name can have 63 characters.
    private readonly string prefix = $"attribution-test-{Guid.NewGuid():N}"[..29];
    private readonly HashSet<string> databases = [];

    public override async ValueTask DisposeAsync()
    {
        if (databases.Count == 0) return;
        using var client = new MongoClient(await MongoServer.FindConnectionStringAsync());
        foreach (var database in databases) await client.DropDatabaseAsync(database, CancellationToken.None);
    }

    // SQLite writes row by row; this store writes one statement per collection.
    public override int MinStatements(int rows) => rows / 2;

    public override async ValueTask<IStore> OpenAsync(
        string name, Action<string>? beforeStatement = null, FormatVersions? formats = null, TimeZoneSet? timeZones = null)
    {
        var server = await MongoServer.FindConnectionStringAsync();
        Assert.SkipWhen(server is null, MongoServer.MissingReason);
        var database = $"{prefix}-{name}"[..Math.Min(63, prefix.Length + 1 + name.Length)];
        databases.Add(database);
        var store = await MongoStore.OpenAsync(server!, database, TestContext.Current.CancellationToken, beforeStatement, formats, timeZones);
        return store;
    }
}
