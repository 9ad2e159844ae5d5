namespace Attribution.Host.Ingest;

internal sealed partial class BatchWriter
{
    [LoggerMessage(1000, LogLevel.Information, "The spool is open; {Messages} messages wait in it")]
    private partial void LogOpened(long messages);

    [LoggerMessage(1001, LogLevel.Warning, "The spool is full with {Messages} messages; {Batches} batches were refused with 503")]
    private partial void LogFull(int batches, long messages);

    [LoggerMessage(1002, LogLevel.Error, "The spool could not be written; {Batches} batches were refused with 503")]
    private partial void LogFailed(Exception exception, int batches);
}
