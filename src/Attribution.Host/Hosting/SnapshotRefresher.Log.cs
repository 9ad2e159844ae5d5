using Attribution.Host.Observability;

namespace Attribution.Host.Hosting;

internal sealed partial class SnapshotRefresher
{
    [LoggerMessage(EventIds.SnapshotRefreshFailed, LogLevel.Warning, "Catalog and keys cannot be read; the last snapshot of them stays in use and the reading is tried again each second")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(EventIds.SnapshotRefreshRecovered, LogLevel.Information, "Catalog and keys can be read again")]
    private partial void LogRecovered();
}
