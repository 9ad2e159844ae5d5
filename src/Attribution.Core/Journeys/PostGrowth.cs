using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Converts a post's counters, which are totals, to growth per local day: the latest total of the day minus the latest
/// total before it (0 before the first). A day's growth is negative if the platform removes likes. Pure.
/// </summary>
internal static class PostGrowth
{
    private static readonly Func<PostSnapshot, long?>[] Counters =
    [
        snapshot => snapshot.Impressions, snapshot => snapshot.Reach, snapshot => snapshot.Likes, snapshot => snapshot.Comments,
        snapshot => snapshot.Shares, snapshot => snapshot.Saves, snapshot => snapshot.Views,
    ];

    /// <summary>
    /// Returns the days with a reported counter, in order. The placement is the latest reported one, otherwise that of
    /// a link to the post.
    /// </summary>
    /// <param name="snapshots">The post's counters in order; not empty.</param>
    /// <param name="brand">The post's brand.</param>
    /// <param name="catalog">The catalog to find the placement in.</param>
    public static ImmutableArray<PostDay> ByDay(
        ImmutableArray<PostSnapshot> snapshots, BrandSettings brand, CatalogSnapshot catalog)
    {
        var reported = snapshots.LastOrDefault(
            snapshot => snapshot.Campaign is not null && snapshot.Creator is not null);
        var placement = reported is not null && catalog.FindCampaign(reported.Campaign!)?.Brand == brand.Id
            && catalog.HasCreator(reported.Creator!)
            ? new Placement(reported.Campaign!, reported.Creator!)
            : catalog.PlacementOfPost(brand.Id, snapshots[0].PostId);

        var totals = new long[Counters.Length];
        var days = ImmutableArray.CreateBuilder<PostDay>();
        foreach (var day in snapshots.GroupBy(snapshot => brand.Calendar.DayOf(snapshot.At)))
        {
            var growth = new long[Counters.Length];
            for (var i = 0; i < growth.Length; i++)
            {
                var total = day.Select(Counters[i]).LastOrDefault(value => value is not null) ?? totals[i];
                growth[i] = total - totals[i];
                totals[i] = total;
            }

            // The fee for a post is paid once, on its first reported day.
            var feeAgreement = days.Count == 0 && placement is not null
                && catalog.AgreementOn(placement, day.Key) is { PeriodTerms.FeePerPost: > 0 } agreement
                ? agreement.Id : null;
            days.Add(new() { Day = day.Key, Placement = placement, FeeAgreement = feeAgreement, Growth = [.. growth] });
        }

        return days.ToImmutable();
    }
}
