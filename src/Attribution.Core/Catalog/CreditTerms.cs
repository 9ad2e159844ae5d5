using Attribution.Core.Crediting;
using Attribution.Core.Journeys;
using Attribution.Core.Models;
using Attribution.Core.Values;

namespace Attribution.Core.Catalog;

/// <summary>The rules of crediting for conversions from an instant until the next terms begin.</summary>
/// <param name="From">First instant (inclusive).</param>
/// <param name="Policy">The policy that weighs codes against touches.</param>
/// <param name="BookModel">The model that writes the ledger and determines payouts.</param>
/// <param name="ClickLookback">Maximum age of a click (inclusive), unless its campaign has its own lookback.</param>
/// <param name="VisitLookback">
/// Maximum age of a visit without a click (inclusive), unless its campaign has its own lookback.
/// </param>
/// <param name="ReferralLookback">Maximum age of a referral (inclusive), unless its campaign has its own lookback.</param>
/// <param name="Referrals">The claims of referral that can earn credit.</param>
public sealed record CreditTerms(
    Timestamp From, Policy Policy, Model BookModel, TimeSpan ClickLookback, TimeSpan VisitLookback, TimeSpan ReferralLookback,
    ReferralPolicy Referrals)
{
    /// <summary>
    /// Gets a description in one line, without the interval: <c>code_first, last_touch, clicks P30D, visits P7D</c>.
    /// Equal terms have equal descriptions. Terms of referrals are described if they differ from the defaults.
    /// </summary>
    public string Description { get; } =
        $"{Policy}, {ModelNames.NameOf(BookModel)}, clicks {IsoDuration.Format(ClickLookback)}, visits {IsoDuration.Format(VisitLookback)}"
        + (ReferralLookback == BrandSettings.DefaultReferralLookback ? "" : $", referrals {IsoDuration.Format(ReferralLookback)}")
        + (Referrals == ReferralPolicy.All ? "" : $", {Referrals.ToString().ToLowerInvariant()} referrals");

    /// <summary>Returns the maximum age (inclusive) of a click, visit without a click, or referral.</summary>
    /// <param name="kind">The kind of the touch; a visit that belongs to a click has the click's.</param>
    /// <param name="campaign">The campaign of the touch, whose own lookback takes precedence; null for the brand's.</param>
    public TimeSpan GetLookback(TouchKind kind, CampaignSettings? campaign) => kind switch
    {
        TouchKind.Click => campaign?.ClickLookback ?? ClickLookback,
        TouchKind.Visit => campaign?.VisitLookback ?? VisitLookback,
        _ => campaign?.ReferralLookback ?? ReferralLookback,
    };
}
