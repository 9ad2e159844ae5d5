using Attribution.Host.Observability;

namespace Attribution.Host.Ingest;

internal sealed partial class SpoolDrain
{
    [LoggerMessage(
        EventIds.SpoolDrainFailed, LogLevel.Warning, "The spool could not be drained; {Messages} messages wait and will be retried")]
    private partial void LogFailed(Exception exception, long messages);

    [LoggerMessage(
        EventIds.SpoolRedelivered, LogLevel.Warning, "{Messages} messages were not attributed within {After} and are published again")]
    private partial void LogAgain(int messages, TimeSpan after);

    [LoggerMessage(
        EventIds.SpoolMessageUnreadable, LogLevel.Error,
        "This version cannot read message {Sequence} of the spool; the message stays in the file")]
    private partial void LogUnreadable(long sequence);

    [LoggerMessage(
        EventIds.SpoolMessageNewer, LogLevel.Error,
        "Message {Sequence} of the spool has schema {Schema}; this version reads up to {Newest}. The message stays in the file, "
        + "and is attributed when a newer version starts")]
    private partial void LogNewer(long sequence, int schema, int newest);

    [LoggerMessage(EventIds.SpoolDrainStopped, LogLevel.Information, "Stopped; {Messages} messages stay in the spool")]
    private partial void LogStopped(long messages);
}
