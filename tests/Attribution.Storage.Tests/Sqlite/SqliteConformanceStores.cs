using Attribution.Core.Catalog;
using Attribution.Storage.Formats;
using Attribution.Storage.Sqlite;
using Attribution.Storage.Sqlite.Database;
using Attribution.TestKit;
using Attribution.TestKit.Storage;

namespace Attribution.Storage.Tests.Sqlite;

/// <summary>Opens stores on SQLite, in a folder of their own.</summary>
internal sealed class SqliteConformanceStores : ConformanceStores
{
    private readonly TempFolder folder = new();

    public override ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<IStore> OpenAsync(
        string name, Action<string>? beforeStatement = null, FormatVersions? formats = null, TimeZoneSet? timeZones = null)
    {
        // There is no power failure to test here, and flushing each commit would take most of the time.
        var database = new SqliteDatabaseOptions { Synchronous = SqliteSynchronous.Normal, BeforeStatement = beforeStatement };
        var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Path = folder.File($"{name}.db"), Database = database, Formats = formats ?? FormatVersions.Newest, TimeZones = timeZones ?? TimeZoneSet.Bundled },
            TestContext.Current.CancellationToken);
        return store;
    }
}
