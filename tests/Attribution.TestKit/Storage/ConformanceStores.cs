using Attribution.Core.Catalog;
using Attribution.Storage;
using Attribution.Storage.Formats;

namespace Attribution.TestKit.Storage;

/// <summary>Opens the stores of one test. Disposing it deletes their databases.</summary>
public abstract class ConformanceStores : IAsyncDisposable
{
    /// <summary>
    /// Opens the store with a name: an empty store for a new name, else the existing one.
    /// <paramref name="beforeStatement"/> is called before each statement of a write with its text, and after each
    /// commit; an exception from it must stop the write. <paramref name="formats"/> are the newest versions of formats
    /// that the opening process reads, by default those of this build. <paramref name="timeZones"/> are its time zones, by
    /// default those of this build.
    /// </summary>
    public abstract ValueTask<IStore> OpenAsync(
        string name, Action<string>? beforeStatement = null, FormatVersions? formats = null, TimeZoneSet? timeZones = null);

    /// <summary>Returns the minimum number of statements of a write of some rows.</summary>
    public virtual int MinStatements(int rows) => rows;

    public abstract ValueTask DisposeAsync();
}
