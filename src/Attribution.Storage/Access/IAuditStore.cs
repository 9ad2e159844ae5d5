namespace Attribution.Storage.Access;

/// <summary>The audit log of operators' actions. Entries are kept forever; only the status is added later.</summary>
public interface IAuditStore
{
    /// <summary>
    /// Adds an entry before its action is performed. If the entry cannot be stored, the action must not be performed.
    /// </summary>
    /// <returns>The entry's number.</returns>
    ValueTask<long> AddAuditEntryAsync(AuditEntry entry, CancellationToken cancellation);

    /// <summary>Sets the status of an entry that has none. An entry with a status keeps it.</summary>
    ValueTask CompleteAuditEntryAsync(long number, int status, CancellationToken cancellation);

    /// <summary>
    /// Returns at most <paramref name="limit"/> entries, newest first, that precede <paramref name="before"/> (null
    /// starts with the newest).
    /// </summary>
    ValueTask<IReadOnlyList<AuditEntry>> ReadAuditLogAsync(long? before, int limit, CancellationToken cancellation);
}
