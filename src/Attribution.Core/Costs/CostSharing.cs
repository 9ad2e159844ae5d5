using Attribution.Contracts.Catalog;
using Attribution.Core.Values;

namespace Attribution.Core.Costs;

/// <summary>
/// Who bears the costs of a campaign that name no creator, and in which ratio: every creator with a link, code, rule, agreement or cost in the
/// campaign, whenever it holds. A function of the catalog alone, so a change of it restates like any other.
/// </summary>
internal sealed class CostSharing
{
    /// <summary>The names of the rules.</summary>
    public static readonly IReadOnlyCollection<string> Rules = ["evenly", "by_fee"];

    private readonly Dictionary<string, (string[] Creators, Int128[] Weights)> shares;

    private CostSharing(Dictionary<string, (string[] Creators, Int128[] Weights)> shares) => this.shares = shares;

    /// <summary>The rules of a catalog, for the campaigns that share costs and have some to share.</summary>
    public static CostSharing Of(Catalog.Catalog catalog)
    {
        var own = catalog.Of<CostItem>().Where(cost => cost.CreatorId is null).Select(cost => cost.CampaignId).ToHashSet(StringComparer.Ordinal);
        var rules = catalog.Of<CampaignItem>().Where(campaign => campaign.CostSharing is not null && own.Contains(campaign.Id))
            .ToDictionary(campaign => campaign.Id, campaign => (campaign.CostSharing, Fees: new SortedDictionary<string, Int128>(StringComparer.Ordinal)), StringComparer.Ordinal);
        if (rules.Count == 0) return new([]);

        foreach (var item in catalog.Contents.Items.Values)
        {
            var (campaign, creator) = item switch
            {
                LinkItem x => (x.CampaignId, x.CreatorId),
                CodeItem x => (x.CampaignId, x.CreatorId),
                UtmRuleItem x => (x.CampaignId, x.CreatorId),
                AgreementItem x => (x.CampaignId, x.CreatorId),
                CostItem x => (x.CampaignId, x.CreatorId),
                _ => ("", null),
            };
            if (creator is null || !rules.TryGetValue(campaign, out var rule)) continue;
            rule.Fees[creator] = rule.Fees.GetValueOrDefault(creator) + item switch
            {
                CostItem { Kind: "fee" } fee => WeightOf(fee, catalog),
                AgreementItem { Fee: { } sum } => catalog.Brand(catalog.Campaign(campaign)!.Brand)!.Currency.ToNearestMinor(sum),
                _ => 0,
            };
        }

        return new(rules.Where(rule => rule.Value.Fees.Count > 0).ToDictionary(
            rule => rule.Key,
            rule => (rule.Value.Fees.Keys.ToArray(), rule.Value.Fees.Values.Select(fee => rule.Value.CostSharing == "by_fee" ? Int128.Max(fee, 0) : 1).ToArray()),
            StringComparer.Ordinal));
    }

    /// <summary>
    /// What each bears of an amount on a day, to the minor unit; the whole of it with the campaign itself (an empty creator) where it is not
    /// shared. Units left over go to the largest remainders and, where those are equal, to another creator each day. Fees that are all 0 share evenly.
    /// </summary>
    public IEnumerable<(string Creator, long Amount)> Share(string campaign, DateOnly day, long amount)
    {
        if (!shares.TryGetValue(campaign, out var shared)) return [("", amount)];
        var first = day.DayNumber % shared.Creators.Length;
        var weights = new Int128[shared.Creators.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = shared.Weights[(first + i) % weights.Length];
        return LargestRemainder.Split(amount, weights).Select((share, i) => (shared.Creators[(first + i) % weights.Length], share));
    }

    /// <summary>A fee in the brand's currency by the rate of its first day; one that has no rate weighs nothing until it has.</summary>
    private static Int128 WeightOf(CostItem fee, Catalog.Catalog catalog)
    {
        var brand = catalog.Brand(catalog.Campaign(fee.CampaignId)!.Brand)!;
        return catalog.Rate(fee.Currency, brand, (fee.On ?? fee.From)!.Value) is { } rate ? brand.Currency.ToNearestMinor(fee.Amount * rate) : 0;
    }
}
