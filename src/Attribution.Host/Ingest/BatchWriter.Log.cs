using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

internal sealed partial class BatchWriter
{
    [LoggerMessage(EventIds.SpoolOpened, LogLevel.Information, "The spool is open and contains {Messages} messages")]
    private partial void LogOpened(long messages);

    [LoggerMessage(
        EventIds.SpoolFull, LogLevel.Warning,
        "The spool takes no more events: {Fault} It has {Messages} messages; requests are answered 503 until it has room")]
    private partial void LogFull(string fault, long messages);

    [LoggerMessage(
        EventIds.SpoolUnwritable, LogLevel.Error,
        "The spool cannot be written: {Fault} It has {Messages} messages; requests are answered 503 until it can be written")]
    private partial void LogUnwritable(string fault, long messages);

    [LoggerMessage(EventIds.SpoolWritable, LogLevel.Information, "The spool takes events again")]
    private partial void LogWritable();

    [LoggerMessage(
        EventIds.SpoolWriteFailed, LogLevel.Error, "The spool could not be written; {Batches} batches were rejected with 503")]
    private partial void LogFailed(Exception exception, int batches);
}
