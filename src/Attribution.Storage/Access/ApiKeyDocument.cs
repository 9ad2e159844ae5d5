using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>An API key as stored.</summary>
public sealed record ApiKeyDocument
{
    /// <summary>Gets the part of the key that identifies it. It is not secret.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the purpose of the key, as entered by the person who created it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Gets the SHA-256 hash of the whole key, 32 bytes. The key has 160 random bits, so no salt is needed.
    /// </summary>
    public required ImmutableArray<byte> Hash { get; init; }

    /// <summary>Gets the scopes that the key grants.</summary>
    public required KeyScopes Scopes { get; init; }

    /// <summary>Gets the only brand that the key grants access to; null for every brand.</summary>
    public string? Brand { get; init; }

    /// <summary>
    /// Gets the source of the key's events. A key that replaces another takes over its source, so that events remain
    /// recognizable.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Gets a value indicating that the key's events may name another source.</summary>
    public bool MayNameOtherSources { get; init; }

    /// <summary>
    /// Gets a value indicating that the key's events state amounts in minor units, such as cents. All keys of a source
    /// agree.
    /// </summary>
    public bool SendsMinorUnits { get; init; }

    /// <summary>Gets the time of creation.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Gets the time (inclusive) from which the key is expired; null if it never expires.</summary>
    public Timestamp? ExpiresAt { get; init; }

    /// <summary>Gets the time (inclusive) from which the key is revoked; null if it is not revoked.</summary>
    public Timestamp? RevokedAt { get; init; }

    /// <summary>Gets the time of the last use, accurate to about a minute; null if it was never used.</summary>
    public Timestamp? LastUsedAt { get; init; }

    /// <summary>
    /// Returns true if the key is not revoked, and not expired at a time. A revocation is immediate: also if a clock that
    /// was ahead recorded it, or a clock that is behind reads it.
    /// </summary>
    public bool IsValidAt(Timestamp now) => RevokedAt is null && !(ExpiresAt <= now);
}
