using Attribution.Host.Observability;

namespace Attribution.Host.Reporting.CatalogEditing;

internal sealed partial class CatalogWriter
{
    [LoggerMessage(EventId = EventIds.CatalogWritten, Level = LogLevel.Information,
        Message = "Catalog version {Version} written: {Puts} items written, {Deletes} deleted")]
    private partial void LogWritten(long version, int puts, int deletes);
}
