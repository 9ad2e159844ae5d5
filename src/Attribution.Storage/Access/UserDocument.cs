using System.Collections.Immutable;
using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>A user as stored.</summary>
public sealed record UserDocument
{
    /// <summary>Gets the name for signing in: 1 to 64 of <c>a-z 0-9 . _ @ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Gets the password as stored by the framework's hasher (salted, PBKDF2); null for a user who can sign in only
    /// through a proxy.
    /// </summary>
    public string? PasswordHash { get; init; }

    /// <summary>Gets the scopes that the user is granted, as for keys.</summary>
    public required KeyScopes Scopes { get; init; }

    /// <summary>Gets the only brand that the user may see; null for every brand.</summary>
    public string? Brand { get; init; }

    /// <summary>Gets the time of creation.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>
    /// Gets the number of unsuccessful sign-in attempts from all addresses since the last success or lock of the name.
    /// </summary>
    public int FailedAttempts { get; init; }

    /// <summary>
    /// Gets the time (exclusive) until which no password is checked for addresses from which the user never signed in;
    /// null if the name was never locked, or has been unlocked since.
    /// </summary>
    public Timestamp? LockedUntil { get; init; }

    /// <summary>Gets the latest attempts by address.</summary>
    public ImmutableArray<SignInAddress> Addresses { get; init; } = [];

    /// <summary>Gets the time of the last sign-in by password; null if there was none.</summary>
    public Timestamp? SignedInAt { get; init; }

    /// <summary>
    /// Gets the SHA-256 hash, in hexadecimal, of the open invitation: the secret of a link that sets a password once. Null
    /// without one.
    /// </summary>
    public string? InvitationHash { get; init; }

    /// <summary>Gets the time (exclusive) until which the invitation is valid; null without one.</summary>
    public Timestamp? InvitedUntil { get; init; }

    /// <summary>Gets the time at which the user was disabled; null if the user may sign in.</summary>
    public Timestamp? DisabledAt { get; init; }
}
