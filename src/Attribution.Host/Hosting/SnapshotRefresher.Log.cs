using Attribution.Host.Observability;

namespace Attribution.Host.Hosting;

internal sealed partial class SnapshotRefresher
{
    [LoggerMessage(
        EventIds.SnapshotRefreshFailed, LogLevel.Warning,
        "Catalog and keys cannot be read; the last snapshot stays in use, and reading is retried every second")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(EventIds.SnapshotRefreshRecovered, LogLevel.Information, "Catalog and keys can be read again")]
    private partial void LogRecovered();
}
