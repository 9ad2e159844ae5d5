using Attribution.Host.Observability;

namespace Attribution.Host.Reporting.CatalogEditing;

internal sealed partial class CatalogWriter
{
    [LoggerMessage(EventIds.CatalogWritten, LogLevel.Information, "The catalog is at version {Version}: {Puts} items written, {Deletes} deleted")]
    private partial void LogWritten(long version, int puts, int deletes);
}
