using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Journeys;
using Attribution.Core.Values;

namespace Attribution.Core.Crediting;

/// <summary>
/// A touch that can earn credit, with the part of its eligibility that does not depend on the conversion.
/// </summary>
/// <param name="At">Time of the touch.</param>
/// <param name="Kind">Click, visit or referral.</param>
/// <param name="Placement">The placement that would be credited.</param>
/// <param name="Campaign">The campaign of the placement.</param>
/// <param name="Exclusion">Reason why it cannot earn any conversion; null if it can.</param>
/// <param name="ClaimantIndex">Number of the placement among the claimants of the journey.</param>
/// <param name="Claim">The claim of a referral; null for other kinds.</param>
internal readonly record struct CandidateTouch(
    Timestamp At, TouchKind Kind, Placement Placement, CampaignSettings Campaign, Outcome? Exclusion, int ClaimantIndex,
    ReferralClaim? Claim)
{
    /// <summary>Creates a candidate from a touch with the role <see cref="TouchRole.Kept"/>.</summary>
    public static CandidateTouch FromTouch(Touch touch, CatalogSnapshot catalog, int claimant)
    {
        var campaign = catalog.FindCampaign(touch.Placement!.Campaign)!;
        return new(
            touch.At, touch.Kind, touch.Placement, campaign,
            !campaign.Covers(touch.Day) ? Outcome.OutsideCampaign
                : !catalog.IsActive(touch.Placement.Creator, touch.At) ? Outcome.CreatorInactive
                : null,
            claimant, touch.Claim);
    }

    /// <summary>Returns the reason why the touch cannot earn a conversion; null if it can.</summary>
    public Outcome? ExclusionFor(ConversionFacts conversion, CreditTerms terms, CatalogSnapshot catalog)
    {
        if (At > conversion.At) return Outcome.AfterConversion;
        if (At < conversion.At - terms.GetLookback(Kind, Campaign)) return Outcome.OutsideWindow;
        if (Claim is { } claim)
        {
            if (terms.Referrals == ReferralPolicy.Ignored) return Outcome.ClaimIgnored;
            if (terms.Referrals == ReferralPolicy.Verified && !claim.IsVerified) return Outcome.Unverified;
            if (claim.ExpiresAt < conversion.At) return Outcome.ClaimExpired;
        }

        return Exclusion ?? (catalog.IsOwnCustomerKey(Placement.Creator, conversion.CustomerKey) ? Outcome.SelfPurchase : null);
    }
}
