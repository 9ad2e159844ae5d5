using System.Globalization;

namespace Attribution.Simulator;

/// <summary>
/// The lookback of touches: the campaign's own, otherwise the brand's, otherwise 30 days for a click and 7 days for a
/// visit or a claim.
/// </summary>
internal static class Lookbacks
{
    public static TimeSpan For(MarketCatalog catalog, string? campaignId, bool isClick, bool isClaim = false)
    {
        var campaign = catalog.Campaigns.SingleOrDefault(known => known.Id == campaignId);
        var lookback = isClick ? campaign?.Lookback?.Click ?? catalog.Brand.Lookback?.Click
            : isClaim ? campaign?.Lookback?.Referral ?? catalog.Brand.Lookback?.Referral
            : campaign?.Lookback?.Visit ?? catalog.Brand.Lookback?.Visit;
        if (lookback is null) return TimeSpan.FromDays(isClick ? 30 : 7);
        // All lookbacks of the simulator are whole days: P21D.
        return TimeSpan.FromDays(int.Parse(lookback[1..^1], CultureInfo.InvariantCulture));
    }
}
