using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

internal sealed partial class BatchWriter
{
    [LoggerMessage(EventIds.SpoolOpened, LogLevel.Information, "The spool is open and contains {Messages} messages")]
    private partial void LogOpened(long messages);

    [LoggerMessage(
        EventIds.SpoolFull, LogLevel.Warning, "The spool is full with {Messages} messages; {Batches} batches were rejected with 503")]
    private partial void LogFull(int batches, long messages);

    [LoggerMessage(
        EventIds.SpoolWriteFailed, LogLevel.Error, "The spool could not be written; {Batches} batches were rejected with 503")]
    private partial void LogFailed(Exception exception, int batches);
}
