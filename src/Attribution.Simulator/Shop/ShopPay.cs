using Attribution.Contracts.Catalog;

namespace Attribution.Simulator.Shop;

/// <summary>
/// Generates what creators are paid: gifts, fees and commission, together about what the brand expects of them. Three
/// of forty are paid more than they bring, and one is not paid.
/// </summary>
internal sealed class ShopPay(DateOnly firstDay, DateOnly lastDay, MarketCurrency money, int creatorCount)
{
    /// <summary>The net that the brand expects of each euro; a leaked code, a hit and a friend bring the rest of about 1.60.</summary>
    private const double BrandReturn = 1.45;

    private const decimal TeamPerCampaign = 650m;

    /// <summary>The net of an order after discounts, refunds and repeated purchases, in euros.</summary>
    private const double NetPerOrder = 59;

    /// <summary>The orders of a placement with a code for each order of a visitor: a fifth of all have a code and no visit.</summary>
    private const double OrdersByCodeAlone = 1.25;

    /// <summary>The ROI that the brand expects of each creator when it agrees on the pay.</summary>
    private static readonly double[] ExpectedRoi =
    [
        1.1, 0.5, 2.2, 0.9, -0.62, 1.6, 0.3, 3.4, 0.7, 2.8, 1.3, 0.2, 1.9, -0.8, 0.8, 2.6, 0.4, 0.6, 0.35, 0.15,
        0.9, 3.0, 1.4, 0.6, 1.8, 0.25, 2.4, -0.87, 1.2, 0.5, 2.9, 0.7, 1.0, 2.0, 0.45, 1.5, 0.8, 0.3, 0.5, 1.0,
    ];

    /// <summary>The creators who are paid only a commission, with its percentage.</summary>
    private static readonly Dictionary<int, decimal> AffiliateRates = new() { [2] = 20m, [10] = 15m, [22] = 25m, [26] = 18m, [34] = 30m };

    private readonly List<AgreementItem> agreements = [];
    private readonly List<CostItem> costs = [];

    /// <summary>Gets the agreements.</summary>
    public IReadOnlyList<AgreementItem> Agreements => agreements;

    /// <summary>Gets the costs.</summary>
    public IReadOnlyList<CostItem> Costs => costs;

    /// <summary>Adds the pay of all creators and the teams of the campaigns.</summary>
    public void Add(
        IReadOnlyList<CampaignItem> campaigns, IReadOnlyList<(ShopPlacement Placement, double Visitors)> expected,
        IReadOnlyList<CreatorItem> creators)
    {
        foreach (var campaign in campaigns)
            AddSpread(campaign, null, campaign.Id + ".team", "management", TeamPerCampaign);

        // All budgets are scaled so that the brand as a whole comes to its return.
        var pays = expected.Select(known => (
            known.Placement, Net: NetOf(known.Placement, known.Visitors),
            Number: IndexOf(creators, known.Placement.Creator))).ToList();
        var budget = (pays.Sum(pay => pay.Net) / BrandReturn) - ((double)TeamPerCampaign * campaigns.Count);
        var scale = budget / pays.Sum(pay => pay.Net / (1 + ExpectedRoi[pay.Number % ExpectedRoi.Length]));
        foreach (var (placement, net, number) in pays)
            AddPay(placement, number, net, Math.Max(0, scale) * net / (1 + ExpectedRoi[number % ExpectedRoi.Length]));
    }

    private static double NetOf(ShopPlacement placement, double visitors) =>
        visitors * placement.OrderRate * (placement.Code is null ? 1 : OrdersByCodeAlone) * NetPerOrder;

    private static int IndexOf(IReadOnlyList<CreatorItem> creators, CreatorItem creator) =>
        creators.TakeWhile(known => known.Id != creator.Id).Count();

    private void AddPay(ShopPlacement placement, int number, double net, double budget)
    {
        if (number == 39 && creatorCount > 39) return; // A friend of the brand who is not paid.
        var id = placement.Campaign.Id + "." + placement.Creator.Id;
        if (AffiliateRates.TryGetValue(number, out var affiliateRate))
        {
            Agree(placement, id, new CommissionItem("percent_of_net", Rate: affiliateRate), renewals: "all");
            return;
        }

        var left = budget;
        switch (number % 5)
        {
            case 0: // A fee and a commission whose rate rises halfway.
                var change = firstDay.AddDays((lastDay.DayNumber - firstDay.DayNumber) / 2);
                Agree(placement, id + ".a1", new CommissionItem("percent_of_net", Rate: 8m), to: change);
                Agree(placement, id + ".a2", new CommissionItem("percent_of_net", Rate: 10m), from: change);
                left -= net * 0.09;
                break;
            case 1: // Goods for every month.
                for (var on = RunOf(placement.Campaign).From.AddDays(1); on <= lastDay; on = on.AddDays(28))
                {
                    AddOn(placement, $"{id}.gift.{on:yyyy-MM-dd}", "gift", 34.90m, on);
                    AddOn(placement, $"{id}.shipping.{on:yyyy-MM-dd}", "shipping", 5.90m, on.AddDays(1));
                    left -= 40.8;
                }

                break;
            case 2: // A fixed amount for each order.
                Agree(placement, id, new CommissionItem("fixed_per_conversion", Amount: Euros(6.50m)));
                left -= net / NetPerOrder * 6.5;
                break;
            case 3: // A film besides the fee.
                AddOn(placement, id + ".film", "production", Math.Round((decimal)budget / 4, 2), RunOf(placement.Campaign).From.AddDays(5));
                left -= budget / 4;
                break;
            default: // A commission for new customers besides the fee.
                Agree(placement, id, new CommissionItem("percent_of_net", Rate: 12m), newCustomersOnly: true);
                left -= net * 0.12 * 0.68;
                break;
        }

        if (left >= 20) AddSpread(placement.Campaign, placement.Creator, id + ".fee", "fee", (decimal)left);
    }

    private void Agree(
        ShopPlacement placement, string id, CommissionItem commission, DateOnly? from = null, DateOnly? to = null,
        bool newCustomersOnly = false, string? renewals = null) =>
        agreements.Add(new AgreementItem(
            id, placement.Campaign.Id, placement.Creator.Id, commission, from, to, NewCustomersOnly: newCustomersOnly,
            Renewals: renewals));

    private void AddOn(ShopPlacement placement, string id, string kind, decimal euros, DateOnly on) =>
        costs.Add(new CostItem(id, placement.Campaign.Id, kind, money.Currency, Euros(euros), placement.Creator.Id, On: on));

    /// <summary>Adds a cost that is spread over the campaign, so that the days of the market have <paramref name="euros"/>.</summary>
    private void AddSpread(CampaignItem campaign, CreatorItem? creator, string id, string kind, decimal euros)
    {
        var (from, to) = RunOf(campaign);
        var inMarket = (to < lastDay ? to : lastDay).DayNumber - from.DayNumber + 1;
        var amount = Math.Round(euros * (to.DayNumber - from.DayNumber + 1) / inMarket / 5) * 5;
        costs.Add(new CostItem(
            id, campaign.Id, kind, money.Currency, Euros(amount), creator?.Id, Recognition: "spread", From: from, To: to));
    }

    /// <summary>Returns the days over which a campaign's costs are spread: a month longer than the market if it runs on.</summary>
    private (DateOnly From, DateOnly To) RunOf(CampaignItem campaign) =>
        (campaign.StartsOn is { } starts && starts > firstDay ? starts : firstDay, campaign.EndsOn ?? lastDay.AddDays(30));

    private decimal Euros(decimal euros) => money.ToMajor(money.MinorFromEuros(euros));
}
