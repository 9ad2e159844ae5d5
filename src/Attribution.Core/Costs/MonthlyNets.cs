using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// The nets per creator and month that the catalog fixes for campaigns that share costs by net: finds missing months
/// and creates their items. Pure.
/// </summary>
public static class MonthlyNets
{
    /// <summary>
    /// The maximum number of creators per item. If a campaign has more, the costs of the month remain with the
    /// campaign.
    /// </summary>
    public const int MaxCreators = 10_000;

    /// <summary>Returns the id of a campaign's month: <c>spring.2026-03</c>.</summary>
    public static string IdOf(string campaign, string month) => $"{campaign}.{month}";

    /// <summary>
    /// Returns the months (by their first day) in which a campaign has costs to share by net but has no fixed nets yet,
    /// in order of campaign and month. Each month occurs once.
    /// </summary>
    public static IReadOnlyList<(string Campaign, DateOnly Month)> FindMissing(CatalogSnapshot catalog)
    {
        var sharing = catalog.Items<CampaignItem>()
            .Where(campaign => campaign.CostSharing == CostSharing.ByNet)
            .Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal);
        return sharing.Count == 0 ? [] :
        [
            .. catalog.Items<CostItem>()
                .Where(cost => cost.CreatorId is null && sharing.Contains(cost.CampaignId))
                .SelectMany(cost => MonthsOf(cost).Select(month => (Campaign: cost.CampaignId, Month: month)))
                .Distinct()
                .Where(key => !IsFixed(key.Campaign, key.Month))
                .OrderBy(key => key.Campaign, StringComparer.Ordinal).ThenBy(key => key.Month),
        ];

        bool IsFixed(string campaign, DateOnly month) =>
            catalog.Contents.Items.ContainsKey(new(CatalogKind.MonthlyNets, IdOf(campaign, CalendarMonth.TextOf(month))));
    }

    /// <summary>
    /// Creates the item that fixes a month. It contains all participants of the campaign and all other creators with
    /// net in the month, in order of their ids.
    /// </summary>
    /// <param name="catalog">The catalog, which determines the participants.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="month">Any day of the month.</param>
    /// <param name="nets">Net of the month by creator, in minor units of the brand's currency.</param>
    public static MonthlyNetItem CreateItem(
        CatalogSnapshot catalog, string campaign, DateOnly month, IReadOnlyDictionary<string, Int128> nets)
    {
        var currency = catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!.Currency;
        return new(
            IdOf(campaign, CalendarMonth.TextOf(month)), campaign, CalendarMonth.TextOf(month),
            [
                .. CostSharing.ParticipantsOf(catalog, campaign)
                    .Union(nets.Where(net => net.Value != 0).Select(net => net.Key))
                    .Order(StringComparer.Ordinal)
                    .Select(creator => new CreatorNetItem(creator, currency.ToMajor(nets.GetValueOrDefault(creator)))),
            ]);
    }

    private static IEnumerable<DateOnly> MonthsOf(CostItem cost)
    {
        var month = CalendarMonth.FirstOf((cost.On ?? cost.From)!.Value);
        var last = CalendarMonth.FirstOf((cost.On ?? cost.To)!.Value);
        for (; month < last; month = month.AddMonths(1)) yield return month;
        yield return last;
    }
}
