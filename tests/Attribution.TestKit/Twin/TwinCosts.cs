using System.Globalization;
using System.Numerics;
using Attribution.Contracts.Catalog;

namespace Attribution.TestKit.Twin;

/// <summary>Splits costs in the brand's currency by day, and the part of each day by creator.</summary>
public static class TwinCosts
{
    /// <summary>Adds the costs of a catalog with a single brand.</summary>
    public static void Count(IReadOnlyCollection<ICatalogItem> items, TwinResult books)
    {
        var brand = items.OfType<BrandItem>().Single();
        foreach (var cost in items.OfType<CostItem>())
        {
            var campaign = items.OfType<CampaignItem>().Single(campaign => campaign.Id == cost.CampaignId);
            var (first, last) = (cost.On ?? cost.From!.Value, cost.On ?? cost.To!.Value);
            var days = Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).ToList();
            foreach (var (day, part) in days.Zip(Split(TwinCatalog.Minor(cost.Amount, brand.Currency), [.. days.Select(_ => BigInteger.One)])))
            {
                var bearers = cost.CreatorId is { } own ? [(own, 1)] : Bearers(campaign, day, items, brand.Currency).OrderBy(each => each.Creator, StringComparer.Ordinal).ToList();
                if (bearers.Any(each => each.Weight > 0)) bearers.RemoveAll(each => each.Weight <= 0);
                else bearers = [.. bearers.Select(each => (each.Creator, BigInteger.One))];
                if (bearers.Count == 0) bearers = [("", 1)];
                // The first creator gets the remainder; the first one changes with every day.
                var turn = day.DayNumber % bearers.Count;
                bearers = [.. bearers.Skip(turn), .. bearers.Take(turn)];
                foreach (var (bearer, share) in bearers.Zip(Split(part, [.. bearers.Select(each => each.Weight)])))
                    books.Add(brand.Id, day, new(cost.CampaignId, bearer.Creator), "", "cost" + char.ToUpperInvariant(cost.Kind[0]) + cost.Kind[1..], share);
            }
        }
    }

    private static IEnumerable<(string Creator, BigInteger Weight)> Bearers(CampaignItem campaign, DateOnly day, IReadOnlyCollection<ICatalogItem> items, string currency)
    {
        var placed = items.OfType<LinkItem>().Where(link => link.CampaignId == campaign.Id).Select(link => link.CreatorId)
            .Concat(items.OfType<CodeItem>().Where(code => code.CampaignId == campaign.Id).Select(code => code.CreatorId))
            .Concat(items.OfType<UtmRuleItem>().Where(rule => rule.CampaignId == campaign.Id).Select(rule => rule.CreatorId))
            .Concat(items.OfType<PublisherItem>().Where(publisher => publisher.CampaignId == campaign.Id).Select(publisher => publisher.CreatorId))
            .Concat(items.OfType<AgreementItem>().Where(agreement => agreement.CampaignId == campaign.Id).Select(agreement => agreement.CreatorId))
            .Concat(items.OfType<CostItem>().Where(cost => cost.CampaignId == campaign.Id).Select(cost => cost.CreatorId).OfType<string>()).Distinct();
        return campaign.CostSharing switch
        {
            null => [],
            "evenly" => placed.Select(creator => (creator, BigInteger.One)),
            "by_fee" => placed.Select(creator => (creator, TwinCatalog.Minor(
                items.OfType<CostItem>().Where(cost => cost.CampaignId == campaign.Id && cost.CreatorId == creator && cost.Kind == "fee").Sum(cost => cost.Amount)
                + items.OfType<AgreementItem>().Where(agreement => agreement.CampaignId == campaign.Id && agreement.CreatorId == creator).Sum(agreement => agreement.Fee ?? 0), currency))),
            "by_net" => items.OfType<MonthlyNetItem>().Where(net => net.CampaignId == campaign.Id && net.Month == day.ToString("yyyy-MM", CultureInfo.InvariantCulture))
                .SelectMany(net => net.Creators).Select(each => (each.CreatorId, TwinCatalog.Minor(each.Net, currency))),
            var rule => throw new ArgumentException(rule),
        };
    }

    /// <summary>
    /// Rounds all shares down, then gives one unit each to the largest remainders, the earlier first.
    /// </summary>
    private static List<BigInteger> Split(BigInteger amount, IReadOnlyList<BigInteger> weights)
    {
        var whole = weights.Aggregate(BigInteger.Zero, BigInteger.Add);
        var shares = weights.Select(weight => (amount * weight - (((amount * weight % whole) + whole) % whole)) / whole).ToList();
        var left = (int)(amount - shares.Aggregate(BigInteger.Zero, BigInteger.Add));
        foreach (var i in Enumerable.Range(0, shares.Count).OrderByDescending(i => amount * weights[i] - shares[i] * whole).Take(left)) shares[i]++;
        return shares;
    }
}
