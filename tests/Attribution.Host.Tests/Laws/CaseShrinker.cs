using System.Collections.Immutable;
using Attribution.Contracts;
using Attribution.Contracts.Catalog;

namespace Attribution.Host.Tests.Laws;

/// <summary>Reduces a case that breaks a law as far as possible while the same law stays broken.</summary>
internal static class CaseShrinker
{
    public static async Task<(LawCase Case, Violation Breach)> ShrinkAsync(
        LawCheck check, LawCase broken, Violation breach, CancellationToken cancellation)
    {
        for (var before = int.MaxValue; before > broken.Events.Length + broken.Catalog.Length;)
        {
            before = broken.Events.Length + broken.Catalog.Length;
            for (var size = broken.Events.Length; size >= 1; size /= 2)
                for (var at = 0; at < broken.Events.Length;)
                    if (!await TryAsync(broken with { Events = Without(broken.Events, at, size) })) at += size;
            for (var at = broken.Catalog.Length - 1; at >= 0; at--)
                if (!IsNamed(broken, broken.Catalog[at]))
                    await TryAsync(broken with { Catalog = broken.Catalog.RemoveAt(at) });
            for (var at = 0; at < broken.Catalog.Length; at++)
                if (Plainer(broken.Catalog[at]) is { } plain && !plain.Equals(broken.Catalog[at]))
                    await TryAsync(broken with { Catalog = broken.Catalog.SetItem(at, plain) });
        }

        return (broken, breach);

        async Task<bool> TryAsync(LawCase smaller)
        {
            if (await check.RunAsync(smaller, cancellation) is not { } still || still.Law != breach.Law) return false;
            (broken, breach) = (smaller, still);
            return true;
        }
    }

    private static ImmutableArray<T> Without<T>(ImmutableArray<T> all, int at, int size) => all.RemoveRange(at, Math.Min(size, all.Length - at));

    /// <summary>Indicates whether other items refer to it.</summary>
    private static bool IsNamed(LawCase @case, ICatalogItem item) => item switch
    {
        BrandItem brand => brand.Id == "default" || @case.Catalog.OfType<CampaignItem>().Any(campaign => campaign.BrandId == brand.Id)
            || @case.TwinEvents.Any(journeyEvent => journeyEvent.Brand == brand.Id),
        CampaignItem campaign => @case.Catalog.Any(other => CampaignOf(other) == campaign.Id)
            || @case.Events.OfType<EngagementEvent>().Any(post => post.CampaignId == campaign.Id),
        CreatorItem creator => @case.Catalog.Any(other => CreatorOf(other) == creator.Id)
            || @case.Events.OfType<EngagementEvent>().Any(post => post.CreatorId == creator.Id),
        _ => false,
    };

    private static string? CampaignOf(ICatalogItem item) => item switch
    {
        LinkItem x => x.CampaignId,
        CodeItem x => x.CampaignId,
        UtmRuleItem x => x.CampaignId,
        PublisherItem x => x.CampaignId,
        AgreementItem x => x.CampaignId,
        _ => null,
    };

    private static string? CreatorOf(ICatalogItem item) => item switch
    {
        LinkItem x => x.CreatorId,
        CodeItem x => x.CreatorId,
        UtmRuleItem x => x.CreatorId,
        PublisherItem x => x.CreatorId,
        AgreementItem x => x.CreatorId,
        _ => null,
    };

    private static ICatalogItem? Plainer(ICatalogItem item) => item switch
    {
        BrandItem x => x with { Lookback = null, Versions = null },
        CampaignItem x => x with { Lookback = null, StartsOn = null, EndsOn = null },
        CreatorItem x => x with { CustomerKeys = null, Status = "active", InactiveSince = null },
        LinkItem x => x with { Utm = null, PostId = null },
        CodeItem x => x with { QuarantinedFrom = null, QuarantinedTo = null },
        _ => null,
    };
}
