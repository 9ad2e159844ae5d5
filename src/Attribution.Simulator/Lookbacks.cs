using System.Globalization;

namespace Attribution.Simulator;

/// <summary>How far back a touch may lie: the campaign's own word, else the brand's, else 30 days for a click and 7 for a visit.</summary>
internal static class Lookbacks
{
    public static TimeSpan For(MarketCatalog catalog, string? campaignId, bool isClick)
    {
        var campaign = catalog.Campaigns.SingleOrDefault(c => c.Id == campaignId);
        var said = isClick ? campaign?.Lookback?.Click ?? catalog.Brand.Lookback?.Click : campaign?.Lookback?.Visit ?? catalog.Brand.Lookback?.Visit;
        return said is null ? TimeSpan.FromDays(isClick ? 30 : 7) : TimeSpan.FromDays(int.Parse(said[1..^1], CultureInfo.InvariantCulture));
    }
}
