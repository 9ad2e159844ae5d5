using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// Who bears the costs of a campaign that name no creator, and in which ratio: every creator with a link, code, rule, agreement or cost in the
/// campaign, whenever it holds; by net those that <c>monthly-nets</c> names for the month of the cost's day. A function of the catalog alone, so a change of it restates like any other.
/// </summary>
internal sealed class CostSharing
{
    /// <summary>The rule that goes by each month's net.</summary>
    public const string ByNet = "by_net";

    /// <summary>The names of the rules.</summary>
    public static readonly IReadOnlyCollection<string> Rules = ["evenly", "by_fee", ByNet];

    private readonly Dictionary<string, CostShares> fixedShares;
    private readonly Dictionary<(string Campaign, DateOnly Month), CostShares> sharesByMonth;

    private CostSharing(Dictionary<string, CostShares> always, Dictionary<(string Campaign, DateOnly Month), CostShares> byMonth) => (this.fixedShares, this.sharesByMonth) = (always, byMonth);

    /// <summary>The rules of a catalog, for the campaigns that share costs and have some to share.</summary>
    public static CostSharing FromCatalog(CatalogSnapshot catalog)
    {
        var own = catalog.Items<CostItem>().Where(cost => cost.CreatorId is null).Select(cost => cost.CampaignId).ToHashSet(StringComparer.Ordinal);
        var rules = catalog.Items<CampaignItem>().Where(campaign => campaign.CostSharing is not null && own.Contains(campaign.Id)).ToDictionary(campaign => campaign.Id, campaign => campaign.CostSharing!, StringComparer.Ordinal);
        if (rules.Count == 0) return new([], []);

        var fees = rules.Where(rule => rule.Value != ByNet).ToDictionary(rule => rule.Key, _ => new SortedDictionary<string, Int128>(StringComparer.Ordinal), StringComparer.Ordinal);
        var byMonth = new Dictionary<(string, DateOnly), CostShares>();
        foreach (var item in catalog.Contents.Items.Values)
        {
            if (item is MonthlyNetItem net && rules.GetValueOrDefault(net.CampaignId) == ByNet && net.Creators.Count > 0) byMonth.Add((net.CampaignId, MonthOf(net)), SharesOf(net, catalog));
            if (PlacementOf(item) is not (var campaign, { } creator) || !fees.TryGetValue(campaign, out var known)) continue;
            known[creator] = known.GetValueOrDefault(creator) + item switch
            {
                CostItem { Kind: "fee" } fee => WeightOf(fee, catalog),
                AgreementItem { Fee: { } sum } => BrandOf(campaign, catalog).Currency.ToNearestMinor(sum),
                _ => 0,
            };
        }

        return new(
            fees.Where(campaign => campaign.Value.Count > 0).ToDictionary(
                campaign => campaign.Key,
                campaign => CostShares.Create(campaign.Value.Select(fee => (fee.Key, rules[campaign.Key] == "by_fee" ? fee.Value : 1))),
                StringComparer.Ordinal),
            byMonth);
    }

    /// <summary>Every creator with a link, code, rule, agreement or cost in a campaign, whenever it holds; each once, in no order.</summary>
    public static IEnumerable<string> ParticipantsOf(CatalogSnapshot catalog, string campaign) =>
        catalog.Contents.Items.Values.Select(PlacementOf).Where(placement => placement.Campaign == campaign).Select(placement => placement.Creator).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>
    /// What each bears of an amount on a day, to the minor unit; the whole of it with the campaign itself (an empty creator) where it is not
    /// shared, or not yet. Units left over go to the largest remainders and, where those are equal, to another creator each day. Where no weight is above 0 all bear alike.
    /// </summary>
    public IEnumerable<(string Creator, long Amount)> Share(string campaign, DateOnly day, long amount)
    {
        if (!fixedShares.TryGetValue(campaign, out var shared) && !sharesByMonth.TryGetValue((campaign, CalendarMonth.FirstOf(day)), out shared)) return [("", amount)];
        var first = day.DayNumber % shared.Creators.Length;
        var weights = new Int128[shared.Creators.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = shared.Weights[(first + i) % weights.Length];
        return LargestRemainder.Split(amount, weights).Select((share, i) => (shared.Creators[(first + i) % weights.Length], share));
    }

    private static (string Campaign, string? Creator) PlacementOf(ICatalogItem item) => item switch
    {
        LinkItem x => (x.CampaignId, x.CreatorId),
        CodeItem x => (x.CampaignId, x.CreatorId),
        UtmRuleItem x => (x.CampaignId, x.CreatorId),
        AgreementItem x => (x.CampaignId, x.CreatorId),
        CostItem x => (x.CampaignId, x.CreatorId),
        _ => ("", null),
    };

    /// <summary>In order of ids, whatever the item's: an order by hand changes no cent.</summary>
    private static CostShares SharesOf(MonthlyNetItem net, CatalogSnapshot catalog)
    {
        var currency = BrandOf(net.CampaignId, catalog).Currency;
        return CostShares.Create(net.Creators.OrderBy(each => each.CreatorId, StringComparer.Ordinal).Select(each => (
            each.CreatorId, (Int128)(currency.TryToMinor(each.Net, out var minor) ? minor : throw new InvalidOperationException($"{net.Id}: {each.Net} has more decimals than {currency.Code}.")))));
    }

    private static DateOnly MonthOf(MonthlyNetItem net) => CalendarMonth.TryParse(net.Month, out var month) ? month : throw new InvalidOperationException($"{net.Id}: no month {net.Month}.");

    /// <summary>A fee in the brand's currency by the rate of its first day; one that has no rate weighs nothing until it has.</summary>
    private static Int128 WeightOf(CostItem fee, CatalogSnapshot catalog)
    {
        var brand = BrandOf(fee.CampaignId, catalog);
        return catalog.FindRate(fee.Currency, brand, (fee.On ?? fee.From)!.Value) is { } rate ? brand.Currency.ToNearestMinor(fee.Amount * rate) : 0;
    }

    private static BrandSettings BrandOf(string campaign, CatalogSnapshot catalog) => catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!;

    /// <summary>Those who bear something; all of them, alike, where none weighs anything.</summary>
    private sealed record CostShares(string[] Creators, Int128[] Weights)
    {
        public static CostShares Create(IEnumerable<(string Creator, Int128 Weight)> all)
        {
            var weighing = all.Where(each => each.Weight > 0).ToList();
            if (weighing.Count == 0) weighing = [.. all];
            return new([.. weighing.Select(each => each.Creator)], [.. weighing.Select(each => Int128.Max(each.Weight, 0))]);
        }
    }
}
