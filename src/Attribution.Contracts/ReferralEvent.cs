using System.Text.Json.Serialization;

namespace Attribution.Contracts;

/// <summary>
/// A claim of who referred the buyer of an order, as an agent or its platform states it. No click or visit was seen. The
/// earliest claim of an order that can earn is the one that counts.
/// </summary>
/// <param name="Id">1 to 128 characters, unique within the source.</param>
/// <param name="OccurredAt">Time of the referral: when the claim was issued, otherwise that of the order.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Provider">
/// The network that issued the claim, such as <c>impact.com</c>. Required unless <paramref name="Parameters"/> is present.
/// </param>
/// <param name="PublisherId">The network's id of the publisher.</param>
/// <param name="ProviderCampaignId">The network's id of the campaign.</param>
/// <param name="SubId">An id that the publisher added.</param>
/// <param name="Token">The network's token. Stored as a keyed hash, <c>ht_…</c>, which is accepted too.</param>
/// <param name="Parameters">
/// Campaign parameters as a query string: <c>utm_source=instagram&amp;ref=mia</c>. <c>ref</c> names a publisher of the
/// provider <c>ref</c>, or a link.
/// </param>
/// <param name="ExpiresAt">End (inclusive) of the time in which the claim is valid. Null: no end.</param>
/// <param name="Verified">True if the shop had the claim confirmed by the network. Absent: false.</param>
/// <param name="Source">The event's source. Absent: the API key's source.</param>
/// <param name="BrandId">The event's brand. Absent: the API key's brand, or <c>default</c>.</param>
public sealed record ReferralEvent(
    string Id, DateTimeOffset OccurredAt, string OrderId, string? Provider = null, string? PublisherId = null,
    string? ProviderCampaignId = null, string? SubId = null, string? Token = null, string? Parameters = null,
    DateTimeOffset? ExpiresAt = null, bool? Verified = null, string? Source = null, string? BrandId = null)
{
    /// <summary>Gets the type, always <c>referral</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "referral";
}
