using System.Collections.Immutable;
using Attribution.Core.Catalog;
using Attribution.Core.Events;
using Attribution.Core.Values;

namespace Attribution.Core.Journeys;

/// <summary>
/// Turns a post's counters, which are totals, into what each local day added: the latest total stated on the day less the latest
/// stated before it (0 before the first). A platform that takes likes back gives a day below 0. Pure.
/// </summary>
internal static class PostGrowth
{
    private static readonly Func<PostSnapshot, long?>[] Counters =
    [
        snapshot => snapshot.Impressions, snapshot => snapshot.Reach, snapshot => snapshot.Likes, snapshot => snapshot.Comments,
        snapshot => snapshot.Shares, snapshot => snapshot.Saves, snapshot => snapshot.Views,
    ];

    /// <summary>The days on which a counter was stated, in order. The placement is the latest one stated, else that of a link to the post.</summary>
    public static ImmutableArray<PostDay> ByDay(ImmutableArray<PostSnapshot> snapshots, BrandSettings brand, CatalogSnapshot catalog)
    {
        if (snapshots.IsEmpty) return [];
        var stated = snapshots.LastOrDefault(snapshot => snapshot.Campaign is not null && snapshot.Creator is not null);
        var placement = stated is not null && catalog.FindCampaign(stated.Campaign!)?.Brand == brand.Id && catalog.HasCreator(stated.Creator!)
            ? new Placement(stated.Campaign!, stated.Creator!)
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

            // A post is paid for once, on the first day that it is known of.
            var paying = days.Count == 0 && placement is not null && catalog.AgreementOn(placement, day.Key) is { PeriodTerms.FeePerPost: > 0 } agreement ? agreement.Id : null;
            days.Add(new() { Day = day.Key, Placement = placement, FeeAgreement = paying, Growth = [.. growth] });
        }

        return days.ToImmutable();
    }
}
