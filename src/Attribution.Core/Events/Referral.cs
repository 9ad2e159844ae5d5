using Attribution.Core.Values;

namespace Attribution.Core.Events;

/// <summary>A claim of who referred the buyer of an order, as reported by one event.</summary>
public sealed record Referral : JourneyEvent
{
    /// <inheritdoc/>
    public override string TypeName => "referral";

    /// <summary>Gets the claim.</summary>
    public required ReferralClaim Claim { get; init; }

    /// <summary>Gets the normalized UTM parameters; null if there are none.</summary>
    public Utm? Utm { get; init; }
}

/// <summary>The content of a claim of referral. Ids of the network are those of others and mean nothing by themselves.</summary>
/// <param name="OrderId">The order that it was stated with.</param>
/// <param name="Provider">The network in small letters; null if the claim consists of campaign parameters.</param>
/// <param name="PublisherId">The network's id of the publisher.</param>
/// <param name="CampaignId">The network's id of the campaign.</param>
/// <param name="SubId">An id that the publisher added.</param>
/// <param name="Token">The keyed hash of the network's token.</param>
/// <param name="Ref">The parameter <c>ref</c>.</param>
/// <param name="ExpiresAt">End (inclusive) of its validity; null if it has none.</param>
/// <param name="IsVerified">True if the shop had it confirmed by the network.</param>
public sealed record ReferralClaim(
    string OrderId, string? Provider = null, string? PublisherId = null, string? CampaignId = null, string? SubId = null,
    string? Token = null, string? Ref = null, Timestamp? ExpiresAt = null, bool IsVerified = false)
{
    /// <summary>
    /// Gets the claim's name for lists of unmatched names: network, publisher, campaign and sub id, as in
    /// <c>impact.com/pub_123</c> or <c>impact.com//camp_7</c>; null without a provider.
    /// </summary>
    public string? Name => Provider is null ? null
        : $"{Provider}/{PublisherId}/{CampaignId}/{SubId}".TrimEnd('/');

    /// <summary>Returns a provider in the form in which it is compared.</summary>
    public static string? NormalizeProvider(string? provider) =>
        provider is null ? null : TextNormalizer.Text(provider).Trim().ToLowerInvariant();
}
