using Attribution.Contracts;
using Attribution.Storage.Sqlite.Database;

namespace Attribution.Host.Ingest;

/// <summary>
/// Makes messages durable before their senders get a response. Embedded mode writes to the <see cref="Spool"/>. Server
/// mode publishes to the broker and writes to the spool while the broker does not confirm (<see cref="BrokerWriter"/>).
/// </summary>
internal interface IDurableWriter
{
    /// <summary>
    /// Gets the greatest number of concurrent calls, at least 1. Batches that arrive meanwhile are collected for the
    /// next call.
    /// </summary>
    int MaxConcurrency { get; }

    /// <summary>Writes messages. Returns when every message is durable.</summary>
    /// <exception cref="SqliteFaultException">
    /// Some messages may not be durable. <see cref="SqliteFaultException.IsFull"/> is true when the spool has no room.
    /// </exception>
    Task WriteAsync(IReadOnlyList<EventPack> packs);
}
