using Attribution.Core.Rollups;
using Attribution.Core.Values;
using Attribution.Host.Reporting.Queries.Values;

namespace Attribution.Host.Reporting.Queries.Rollups;

/// <summary>The growth of the counters of a row's posts, and its cost.</summary>
internal sealed record RollupEngagement(
    long Impressions, long Reach, long Likes, long Comments, long Shares, long Saves, long Views, Ratio? Cpe,
    Ratio? Cpm, Ratio? EngagementRate)
{
    /// <summary>Creates the engagement of a group.</summary>
    public static RollupEngagement FromFigures(RollupFigures figures, Currency currency)
    {
        var (likes, comments) = (figures.GetMeasure(Measure.Likes), figures.GetMeasure(Measure.Comments));
        var (shares, saves) = (figures.GetMeasure(Measure.Shares), figures.GetMeasure(Measure.Saves));
        var (impressions, reach) = (figures.GetMeasure(Measure.Impressions), figures.GetMeasure(Measure.Reach));
        var engagements = likes + comments + shares + saves;
        return new(
            impressions, reach, likes, comments, shares, saves, figures.GetMeasure(Measure.Views),
            Ratio.FromNullable(Ratios.Cpe(currency, figures.Cost, engagements)),
            Ratio.FromNullable(Ratios.Cpm(currency, figures.Cost, impressions)),
            Ratio.FromNullable(Ratios.EngagementRate(engagements, reach)));
    }
}
