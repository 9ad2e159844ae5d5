using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>Each creator's net of a campaign's month, as the catalog fixes it for campaigns that share costs by net: which are missing, and what one says. Pure.</summary>
public static class MonthlyNets
{
    /// <summary>Most creators of one item: a campaign of more keeps the month's costs for itself.</summary>
    public const int MaxCreators = 10_000;

    /// <summary>The id of a campaign's month: <c>spring.2026-03</c>.</summary>
    public static string IdOf(string campaign, string month) => $"{campaign}.{month}";

    /// <summary>The months, by their first day, in which a campaign that shares costs by net has some to share and nothing says yet by what; by campaign and month, each once.</summary>
    public static IReadOnlyList<(string Campaign, DateOnly Month)> FindMissing(CatalogSnapshot catalog)
    {
        var sharing = catalog.Items<CampaignItem>().Where(campaign => campaign.CostSharing == CostSharing.ByNet).Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal);
        return sharing.Count == 0 ? [] :
        [
            .. catalog.Items<CostItem>().Where(cost => cost.CreatorId is null && sharing.Contains(cost.CampaignId)).SelectMany(cost => MonthsOf(cost).Select(month => (cost.CampaignId, Month: month))).Distinct()
                .Where(each => !catalog.Contents.Items.ContainsKey(new(CatalogKind.MonthlyNets, IdOf(each.CampaignId, CalendarMonth.TextOf(each.Month)))))
                .OrderBy(each => each.CampaignId, StringComparer.Ordinal).ThenBy(each => each.Month),
        ];
    }

    /// <summary>What fixes a month: everybody who takes part in the campaign, and whoever else has net of it, by id.</summary>
    /// <param name="catalog">Says who takes part.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="month">Any day of the month.</param>
    /// <param name="nets">Net of the month by creator, in minor units of the brand's currency.</param>
    public static MonthlyNetItem CreateItem(CatalogSnapshot catalog, string campaign, DateOnly month, IReadOnlyDictionary<string, long> nets)
    {
        var currency = catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!.Currency;
        return new(
            IdOf(campaign, CalendarMonth.TextOf(month)), campaign, CalendarMonth.TextOf(month),
            [
                .. CostSharing.ParticipantsOf(catalog, campaign).Union(nets.Where(net => net.Value != 0).Select(net => net.Key)).Order(StringComparer.Ordinal)
                    .Select(creator => new CreatorNetItem(creator, currency.ToMajor(nets.GetValueOrDefault(creator)))),
            ]);
    }

    private static IEnumerable<DateOnly> MonthsOf(CostItem cost)
    {
        var (month, last) = (CalendarMonth.FirstOf((cost.On ?? cost.From)!.Value), CalendarMonth.FirstOf((cost.On ?? cost.To)!.Value));
        for (; month < last; month = month.AddMonths(1)) yield return month;
        yield return last;
    }
}
