using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>
/// A secret that a shop signs its webhooks with. Several secrets of one vendor and source can be valid at the same
/// time, so that one can replace another.
/// </summary>
public sealed record WebhookSecretDocument
{
    /// <summary>Gets the id. It is not secret.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Gets the vendor as it appears in the address: <c>shopify</c>, <c>woocommerce</c>, <c>stripe</c>, <c>generic</c>.
    /// </summary>
    public required string Vendor { get; init; }

    /// <summary>Gets the source as it appears in the address. It becomes the source of the events.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the brand of the events.</summary>
    public required string Brand { get; init; }

    /// <summary>Gets the secret as the vendor shows it; empty once revoked.</summary>
    public required string Secret { get; init; }

    /// <summary>
    /// Gets a value indicating that the source's events state amounts in minor units, such as cents.
    /// </summary>
    public bool SendsMinorUnits { get; init; }

    /// <summary>Gets the time at which the secret was added.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Gets the time (inclusive) from which the secret is revoked; null if it is not revoked.</summary>
    public Timestamp? RevokedAt { get; init; }

    /// <summary>
    /// Gets the time of the last webhook signed with it, accurate to about a minute; null if there was none.
    /// </summary>
    public Timestamp? LastUsedAt { get; init; }

    /// <summary>Gets a value indicating whether the secret is not revoked. A revocation is immediate.</summary>
    public bool IsValid => RevokedAt is null;

    /// <summary>Returns vendor, source and id, so that the secret never appears in a log.</summary>
    public override string ToString() => $"{Vendor}/{Source} {Id}";
}
