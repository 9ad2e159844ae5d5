namespace Attribution.Host.Hosting;

public sealed partial class CatalogRefresh
{
    [LoggerMessage(EventId = 5010, Level = LogLevel.Warning, Message = "The catalog cannot be read; the last snapshot stays in use and the reading is tried again each second")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(EventId = 5011, Level = LogLevel.Information, Message = "The catalog can be read again")]
    private partial void LogRecovered();
}
