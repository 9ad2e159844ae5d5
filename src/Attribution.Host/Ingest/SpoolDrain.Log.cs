namespace Attribution.Host.Ingest;

internal sealed partial class SpoolDrain
{
    [LoggerMessage(1010, LogLevel.Warning, "The spool could not be drained; {Messages} messages wait and will be tried again")]
    private partial void LogFailed(Exception exception, long messages);

    [LoggerMessage(1011, LogLevel.Warning, "{Messages} messages were not attributed within {After} and are put on the bus again")]
    private partial void LogAgain(int messages, TimeSpan after);

    [LoggerMessage(1012, LogLevel.Error, "Message {Sequence} of the spool cannot be read by this version and stays where it is")]
    private partial void LogUnreadable(long sequence);

    [LoggerMessage(1013, LogLevel.Information, "Stopped; {Messages} messages stay in the spool")]
    private partial void LogStopped(long messages);
}
