using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>What operators did: kept for good, and never changed but for how it ended.</summary>
public interface IAuditStore
{
    /// <summary>Adds an entry, before what it tells of is done: what cannot be kept is not done.</summary>
    /// <returns>Its number.</returns>
    ValueTask<long> AddAuditEntryAsync(AuditEntry entry, CancellationToken cancellation);

    /// <summary>Says of an entry without a status how it ended; one that has a status keeps it.</summary>
    ValueTask CompleteAuditEntryAsync(long number, int status, CancellationToken cancellation);

    /// <summary>Entries, newest first: at most <paramref name="limit"/>, those before <paramref name="before"/> (null: from the newest).</summary>
    ValueTask<IReadOnlyList<AuditEntry>> ReadAuditLogAsync(long? before, int limit, CancellationToken cancellation);
}

/// <summary>Something an operator did.</summary>
public sealed record AuditEntry
{
    /// <summary>Grows with each; given by the store.</summary>
    public long Number { get; init; }

    /// <summary>When.</summary>
    public required Timestamp At { get; init; }

    /// <summary>The API key's or user's name; <c>local</c> while there were none; <c>command line</c> of a command that works on the store itself.</summary>
    public required string By { get; init; }

    /// <summary>The API key's id; null without one.</summary>
    public string? KeyId { get; init; }

    /// <summary>What: a method and a path, or a command and what it names. No body, no query, no secret, nobody's customer.</summary>
    public required string Action { get; init; }

    /// <summary>The HTTP status it was answered with; null of a command, which is kept only where it succeeded, of what goes on, and of what was cut off in the middle.</summary>
    public int? Status { get; init; }
}
