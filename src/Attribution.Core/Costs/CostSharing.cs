using Attribution.Contracts.Catalog;
using Attribution.Core.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// The shares of creators in the costs of a campaign that have no creator. All creators with a link, code, rule,
/// agreement or cost in the campaign participate, at any time. With the rule <c>by_net</c>, the creators in
/// <c>monthly-nets</c> for the month of the cost's day participate. The shares are a function of the catalog only, so
/// that changes to it restate like any other change.
/// </summary>
internal sealed class CostSharing
{
    /// <summary>The rule that shares costs in proportion to each month's net.</summary>
    public const string ByNet = "by_net";

    /// <summary>The names of the rules.</summary>
    public static readonly IReadOnlyCollection<string> Rules = ["evenly", ByFee, ByNet];

    private const string ByFee = "by_fee";

    private readonly Dictionary<string, CostShares> fixedShares;
    private readonly Dictionary<(string Campaign, DateOnly Month), CostShares> sharesByMonth;

    private CostSharing(
        Dictionary<string, CostShares> fixedShares,
        Dictionary<(string Campaign, DateOnly Month), CostShares> sharesByMonth) =>
        (this.fixedShares, this.sharesByMonth) = (fixedShares, sharesByMonth);

    /// <summary>Calculates the shares of all campaigns that share costs and have costs to share.</summary>
    public static CostSharing FromCatalog(CatalogSnapshot catalog)
    {
        var rules = RulesByCampaign(catalog);
        if (rules.Count == 0) return new([], []);

        var fees = rules.Where(rule => rule.Value != ByNet).ToDictionary(
            rule => rule.Key, _ => new SortedDictionary<string, Int128>(StringComparer.Ordinal), StringComparer.Ordinal);
        var sharesByMonth = new Dictionary<(string, DateOnly), CostShares>();
        foreach (var item in catalog.Contents.Items.Values)
        {
            if (item is MonthlyNetItem net && rules.GetValueOrDefault(net.CampaignId) == ByNet && net.Creators.Count > 0)
                sharesByMonth.Add((net.CampaignId, MonthOf(net)), SharesOf(net, catalog));
            if (PlacementOf(item) is (var campaign, { } creator) && fees.TryGetValue(campaign, out var feesByCreator))
                feesByCreator[creator] = feesByCreator.GetValueOrDefault(creator) + FeeOf(item, campaign, catalog);
        }

        var fixedShares = fees.Where(campaign => campaign.Value.Count > 0).ToDictionary(
            campaign => campaign.Key,
            campaign => CostShares.Create(
                campaign.Value.Select(fee => (fee.Key, rules[campaign.Key] == ByFee ? fee.Value : 1))),
            StringComparer.Ordinal);
        return new(fixedShares, sharesByMonth);
    }

    /// <summary>
    /// Returns all creators with a link, code, rule, agreement or cost in a campaign, at any time. Each creator occurs
    /// once, in no particular order.
    /// </summary>
    public static IEnumerable<string> ParticipantsOf(CatalogSnapshot catalog, string campaign) =>
        catalog.Contents.Items.Values.Select(PlacementOf)
            .Where(placement => placement.Campaign == campaign)
            .Select(placement => placement.Creator)
            .OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Returns the share of each creator in an amount on a day, to the minor unit. If the amount is not shared, or not
    /// shared yet, it is assigned to the campaign (an empty creator). Remaining units go to the largest remainders;
    /// among equal remainders, the order of the creators rotates from day to day. If no weight is above 0, all creators
    /// bear equal parts.
    /// </summary>
    public IEnumerable<(string Creator, long Amount)> Share(string campaign, DateOnly day, long amount)
    {
        if (!fixedShares.TryGetValue(campaign, out var shares)
            && !sharesByMonth.TryGetValue((campaign, CalendarMonth.FirstOf(day)), out shares)) return [("", amount)];
        var first = day.DayNumber % shares.Creators.Length;
        var weights = new Int128[shares.Creators.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = shares.Weights[(first + i) % weights.Length];
        return LargestRemainder.Split(amount, weights)
            .Select((share, i) => (shares.Creators[(first + i) % weights.Length], share));
    }

    private static Dictionary<string, string> RulesByCampaign(CatalogSnapshot catalog)
    {
        var withCosts = catalog.Items<CostItem>()
            .Where(cost => cost.CreatorId is null)
            .Select(cost => cost.CampaignId).ToHashSet(StringComparer.Ordinal);
        return catalog.Items<CampaignItem>()
            .Where(campaign => campaign.CostSharing is not null && withCosts.Contains(campaign.Id))
            .ToDictionary(campaign => campaign.Id, campaign => campaign.CostSharing!, StringComparer.Ordinal);
    }

    private static (string Campaign, string? Creator) PlacementOf(ICatalogItem item) => item switch
    {
        LinkItem x => (x.CampaignId, x.CreatorId),
        CodeItem x => (x.CampaignId, x.CreatorId),
        UtmRuleItem x => (x.CampaignId, x.CreatorId),
        PublisherItem x => (x.CampaignId, x.CreatorId),
        AgreementItem x => (x.CampaignId, x.CreatorId),
        CostItem x => (x.CampaignId, x.CreatorId),
        _ => ("", null),
    };

    private static Int128 FeeOf(ICatalogItem item, string campaign, CatalogSnapshot catalog) => item switch
    {
        CostItem { Kind: "fee" } cost => ConvertFee(cost, catalog),
        AgreementItem { Fee: { } fee } => BrandOf(campaign, catalog).Currency.ToNearestMinor(fee),
        _ => 0,
    };

    /// <summary>
    /// Returns the shares in order of creator ids, so that reordering the item does not change any amount.
    /// </summary>
    private static CostShares SharesOf(MonthlyNetItem net, CatalogSnapshot catalog)
    {
        var currency = BrandOf(net.CampaignId, catalog).Currency;
        return CostShares.Create(net.Creators
            .OrderBy(share => share.CreatorId, StringComparer.Ordinal)
            .Select(share => (share.CreatorId, ToMinor(share.Net))));

        Int128 ToMinor(decimal amount) => currency.TryToMinorSum(amount, out var minor)
            ? minor
            : throw new InvalidOperationException($"{net.Id}: {amount} has more decimals than {currency.Code}.");
    }

    private static DateOnly MonthOf(MonthlyNetItem net) => CalendarMonth.TryParse(net.Month, out var month)
        ? month
        : throw new InvalidOperationException($"{net.Id}: invalid month {net.Month}.");

    /// <summary>
    /// Converts a fee into the brand's currency by the rate of its first day; 0 as long as there is no rate.
    /// </summary>
    private static Int128 ConvertFee(CostItem fee, CatalogSnapshot catalog)
    {
        var brand = BrandOf(fee.CampaignId, catalog);
        var day = (fee.On ?? fee.From)!.Value;
        return catalog.FindRate(fee.Currency, brand, day) is { } rate ? brand.Currency.ToNearestMinor(fee.Amount * rate) : 0;
    }

    private static BrandSettings BrandOf(string campaign, CatalogSnapshot catalog) =>
        catalog.FindBrand(catalog.FindCampaign(campaign)!.Brand)!;

    /// <summary>The creators with a weight above 0, or all creators with equal weights if there are none.</summary>
    private sealed record CostShares(string[] Creators, Int128[] Weights)
    {
        public static CostShares Create(IEnumerable<(string Creator, Int128 Weight)> all)
        {
            var shares = all.Where(share => share.Weight > 0).ToList();
            if (shares.Count == 0) shares = [.. all];
            return new(
                [.. shares.Select(share => share.Creator)], [.. shares.Select(share => Int128.Max(share.Weight, 0))]);
        }
    }
}
