using System.Security.Cryptography;
using System.Text;
using Attribution.Contracts;
using Attribution.Core.Events;

namespace Attribution.Host.Ingest.Webhooks.Agentic;

/// <summary>
/// Maps the claims that came with a checkout: that of the request that created it (<c>first</c>), that of the request that
/// completed it (<c>last</c>), and the map of campaign parameters. A claim is part of the order's first state and never
/// changes, so that each has one id.
/// </summary>
internal sealed class AgenticReferrals(string orderId, DateTimeOffset orderedAt, ShopEvidence evidence)
{
    private const int DigestBytes = 12;

    private readonly List<ReferralEvent> referrals = [];
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;

    /// <summary>Reads the claims of a delivery. The earliest comes first.</summary>
    /// <param name="envelope">The delivery.</param>
    /// <param name="parameters">The map of campaign parameters; null if there is none.</param>
    /// <param name="orderId">The order's id among all of the brand.</param>
    /// <param name="orderedAt">When the order was placed.</param>
    /// <param name="evidence">Notes what is left out.</param>
    public static IReadOnlyList<ReferralEvent> Read(
        WebhookPayload envelope, WebhookPayload? parameters, string orderId, DateTimeOffset orderedAt, ShopEvidence evidence)
    {
        var reader = new AgenticReferrals(orderId, orderedAt, evidence);
        if (evidence.GetObject(envelope, "affiliateAttribution") is { } claims)
        {
            foreach (var unknown in claims.Names.Where(name => name is not ("first" or "last")))
                evidence.LeaveOut(RejectionReason.MemberUnknown, claims, unknown, "is not first or last.");
            reader.AddClaim("first", evidence.GetObject(claims, "first"));
            reader.AddClaim("last", evidence.GetObject(claims, "last"));
        }

        reader.AddParameters(parameters);
        return reader.referrals;
    }

    private void AddClaim(string touchpoint, WebhookPayload? sent)
    {
        if (sent is not { } claim) return;
        if (evidence.GetClaimText(claim, "provider", EventLimits.Id) is not { } provider)
        {
            if (!claim.Has("provider")) evidence.LeaveOut(RejectionReason.MemberMissing, claim, "provider", "is missing from the claim.");
            return;
        }

        // Claims are issued before their order, and the last one after the first, whatever their clocks.
        var issuedAt = evidence.GetTime(claim, "issued_at") ?? orderedAt;
        var at = issuedAt > orderedAt ? orderedAt : issuedAt < notBefore ? notBefore : issuedAt;
        notBefore = at;
        referrals.Add(new(
            CreateId(touchpoint), at, orderId, provider, evidence.GetClaimText(claim, "publisher_id", EventLimits.Id),
            evidence.GetClaimText(claim, "campaign_id", EventLimits.Id), evidence.GetClaimText(claim, "sub_id", EventLimits.Id),
            evidence.GetText(claim, "token", EventLimits.Url), ExpiresAt: evidence.GetTime(claim, "expires_at"),
            Verified: evidence.GetFlag(claim, "verified") ? true : null));
    }

    /// <summary>Adds the claim of a map of parameters, named as in an address or as Google Analytics names them.</summary>
    private void AddParameters(WebhookPayload? map)
    {
        if (map is not { } sent) return;
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in sent.Names.Distinct(StringComparer.Ordinal))
            if (FindParameter(name) is { } parameter && evidence.GetClaimText(sent, name, EventLimits.Id) is { } value)
                found[parameter] = value;
        if (found.Count == 0) return;
        var query = string.Join('&', found.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        referrals.Add(new(CreateId("map"), orderedAt, orderId, Parameters: query));
    }

    private static string? FindParameter(string name)
    {
        return ProtocolNames.Strip(name).ToString().ToLowerInvariant() switch
        {
            "utm_source" or "campaign_source" => "utm_source",
            "utm_medium" or "campaign_medium" => "utm_medium",
            "utm_campaign" or "campaign_name" => "utm_campaign",
            "utm_content" or "campaign_content" => "utm_content",
            "utm_term" or "campaign_term" => "utm_term",
            "utm_id" or "campaign_id" => "utm_id",
            "ref" => "ref",
            _ => null,
        };
    }

    /// <summary>Creates the id of a claim. The ids of one order sort as its claims do: first, last, map.</summary>
    private string CreateId(string touchpoint) =>
        $"referral:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(orderId)).AsSpan(0, DigestBytes))}:{touchpoint}";
}
