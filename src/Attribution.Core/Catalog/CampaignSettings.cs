namespace Attribution.Core.Catalog;

/// <summary>The settings of a campaign in the form that the engine uses.</summary>
/// <param name="Brand">The brand's id.</param>
/// <param name="StartsOn">First local day (inclusive).</param>
/// <param name="EndsOn">Last local day (inclusive).</param>
/// <param name="ClickLookback">Lookback for clicks, which overrides the brand's; null: the brand's applies.</param>
/// <param name="VisitLookback">Lookback for visits, which overrides the brand's; null: the brand's applies.</param>
/// <param name="GrossMarginPercent">
/// Percentage of net that remains after the cost of goods; the campaign's own value or else the brand's. Null: unknown.
/// </param>
/// <param name="CreditsAssistants">True if touches of assistants can earn credit.</param>
/// <param name="ReferralLookback">Lookback for referrals, which overrides the brand's; null: the brand's applies.</param>
public sealed record CampaignSettings(
    string Brand, DateOnly StartsOn, DateOnly EndsOn, TimeSpan? ClickLookback, TimeSpan? VisitLookback,
    decimal? GrossMarginPercent, bool CreditsAssistants, TimeSpan? ReferralLookback)
{
    /// <summary>Returns true if a local day is in the campaign (both ends inclusive).</summary>
    public bool Covers(DateOnly day) => StartsOn <= day && day <= EndsOn;
}
