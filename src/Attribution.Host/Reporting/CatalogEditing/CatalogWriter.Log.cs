namespace Attribution.Host.Reporting.CatalogEditing;

internal sealed partial class CatalogWriter
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "The catalog is at version {Version}: {Puts} items written, {Deletes} deleted")]
    private partial void LogWritten(long version, int puts, int deletes);
}
