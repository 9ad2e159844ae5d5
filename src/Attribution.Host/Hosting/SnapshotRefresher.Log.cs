namespace Attribution.Host.Hosting;

internal sealed partial class SnapshotRefresher
{
    [LoggerMessage(EventId = 5010, Level = LogLevel.Warning, Message = "Catalog and keys cannot be read; the last snapshot of them stays in use and the reading is tried again each second")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(EventId = 5011, Level = LogLevel.Information, Message = "Catalog and keys can be read again")]
    private partial void LogRecovered();
}
