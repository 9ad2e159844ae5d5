using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>An action of an operator.</summary>
public sealed record AuditEntry
{
    /// <summary>Gets the number, assigned by the store; it grows with each entry.</summary>
    public long Number { get; init; }

    /// <summary>Gets the time of the action.</summary>
    public required Timestamp At { get; init; }

    /// <summary>
    /// Gets the name of the API key or user; <c>local</c> if none existed; <c>command line</c> for a command that works
    /// on the store itself.
    /// </summary>
    public required string By { get; init; }

    /// <summary>Gets the id of the API key; null without one.</summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// Gets the action: a method and a path, or a command and its subject. It contains no body, query string, secret or
    /// customer data.
    /// </summary>
    public required string Action { get; init; }

    /// <summary>
    /// Gets the HTTP status of the response; null for a command (recorded only if it succeeded), and for a request that
    /// is under way or was interrupted.
    /// </summary>
    public int? Status { get; init; }
}
