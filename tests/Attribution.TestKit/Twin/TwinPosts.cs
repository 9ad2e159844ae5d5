using System.Numerics;
using Attribution.Contracts;

namespace Attribution.TestKit.Twin;

/// <summary>
/// Calculates a post's growth by day: the day's latest counter minus the latest before the day. The placement is the
/// latest reported one, otherwise that of a link to the post.
/// </summary>
internal static class TwinPosts
{
    private static readonly (string Measure, Func<EngagementEvent, long?> Of)[] Counters =
    [
        ("impressions", post => post.Impressions), ("reach", post => post.Reach), ("likes", post => post.Likes),
        ("comments", post => post.Comments), ("shares", post => post.Shares), ("saves", post => post.Saves), ("views", post => post.Views),
    ];

    public static void Count(List<TwinEvent> person, TwinCatalog catalog, TwinResult books)
    {
        var snapshots = person.Where(twinEvent => twinEvent.Body is EngagementEvent).Order(Comparer<TwinEvent>.Create(TwinEvent.Compare)).ToList();
        if (snapshots.Count == 0) return;
        var brand = person[0].Brand;
        var placement = snapshots.Select(snapshot => (EngagementEvent)snapshot.Body).LastOrDefault(post => post is { CampaignId: not null, CreatorId: not null })
            is { CampaignId: { } campaign, CreatorId: { } creator }
            ? new TwinPlacement(campaign, creator)
            : catalog.FindByPost(brand, ((EngagementEvent)snapshots[0].Body).PostId);
        if (placement is null) return;
        var first = catalog.DayOf(brand, snapshots[0].At);
        if (catalog.Agreement(placement, first) is { FeePerPost: > 0 } paying)
            books.Accruals.Add(new(paying.Id, "p:" + ((EngagementEvent)snapshots[0].Body).PostId, "post", snapshots[0].At, first, 0, 0, 0));
        foreach (var (measure, of) in Counters)
        {
            BigInteger before = 0;
            foreach (var day in snapshots.Where(snapshot => of((EngagementEvent)snapshot.Body) is not null).GroupBy(snapshot => catalog.DayOf(brand, snapshot.At)))
            {
                BigInteger now = of((EngagementEvent)day.Last().Body)!.Value;
                books.Add(brand, day.Key, placement, "", measure, now - before);
                before = now;
            }
        }
    }
}
