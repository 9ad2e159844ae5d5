using Attribution.Core.Values;

namespace Attribution.Storage.Access;

/// <summary>A secret that a shop signs its webhooks with. Several of one vendor and source hold side by side, so that one can replace another.</summary>
public sealed record WebhookSecretDocument
{
    /// <summary>What names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>The vendor, as it stands in the address: <c>shopify</c>, <c>woocommerce</c>, <c>stripe</c>, <c>generic</c>.</summary>
    public required string Vendor { get; init; }

    /// <summary>The source, as it stands in the address; the source of the events made of its webhooks.</summary>
    public required string Source { get; init; }

    /// <summary>The brand of the events.</summary>
    public required string Brand { get; init; }

    /// <summary>The secret as the vendor shows it; empty once revoked.</summary>
    public required string Secret { get; init; }

    /// <summary>When it was added.</summary>
    public required Timestamp CreatedAt { get; init; }

    /// <summary>Since when, inside, it is revoked; null: it is not.</summary>
    public Timestamp? RevokedAt { get; init; }

    /// <summary>When a webhook was last signed with it, to the minute or so; null: never.</summary>
    public Timestamp? LastUsedAt { get; init; }

    /// <summary>Whether it proves anything at an instant.</summary>
    public bool IsValidAt(Timestamp now) => !(RevokedAt <= now);

    /// <summary>Its name alone: a secret is never to be seen in a log.</summary>
    public override string ToString() => $"{Vendor}/{Source} {Id}";
}
