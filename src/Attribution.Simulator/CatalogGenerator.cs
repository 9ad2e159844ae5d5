using System.Globalization;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// Generates the brand, its campaigns, and the creators with their links, codes, UTM rules, agreements and costs.
/// </summary>
internal sealed class CatalogGenerator(
    int seed, DateOnly firstDay, MarketOptions options, LocalDays days, MarketCurrency money)
{
    private static readonly string[] Names =
    [
        "mia", "jonas", "lea", "noah", "zoe", "emil", "ida", "finn", "nora", "luis", "amara", "theo", "yuki", "omar", "clara", "hugo",
        "aiko", "ben", "elif", "max", "rosa", "karl", "ines", "tom", "maya", "otto", "lina", "paul", "sofia", "jan", "greta", "leon",
        "hana", "emma", "milo", "ruth", "sven", "tara", "uma", "viktor",
    ];

    private static readonly string[] Platforms = ["instagram", "tiktok", "youtube", "pinterest"];

    private readonly SeededRandom random = new(seed);
    private readonly string prefix = options.BrandId == "default" ? "" : options.BrandId + "-";
    private readonly List<LinkItem> links = [];
    private readonly List<CodeItem> codes = [];
    private readonly List<UtmRuleItem> rules = [];
    private readonly List<AgreementItem> agreements = [];
    private readonly List<CostItem> costs = [];
    private readonly List<LandingFact> landings = [];

    /// <summary>Generates the catalog.</summary>
    public MarketCatalog Generate()
    {
        var lastDay = firstDay.AddDays(options.Days - 1);
        var brand = new BrandItem(
            options.BrandId, "Glow", money.Currency, options.TimeZone ?? ZoneOf(seed), Policy: new PolicyItem("code_first"),
            Lookback: seed % 2 == 0 ? null : new LookbackItem("P21D", "P5D"));
        CampaignItem[] campaigns =
        [
            new(prefix + "spring", "Spring", options.BrandId, firstDay.AddDays(3), firstDay.AddDays(options.Days * 2 / 3)),
            new(
                prefix + "launch", "Launch", options.BrandId, firstDay.AddDays(options.Days / 4), lastDay.AddDays(14),
                new LookbackItem("P14D", "P3D")),
            new(
                prefix + "evergreen", "Evergreen", options.BrandId, Lookback: new LookbackItem(Click: "P45D"),
                Goals: [new GoalItem("net", money.ToMajor(money.MinorFromEuros(50_000)))]),
        ];
        var creators = Enumerable.Range(0, options.Creators).Select(CreatorOf).ToList();
        for (var i = 0; i < creators.Count; i++)
        {
            // Every creator is in one campaign, every third also in a second one.
            AddPlacement(campaigns[i % 3], creators[i], i);
            if (i % 3 == 0) AddPlacement(campaigns[(i + 1) % 3], creators[i], i);
        }

        HandOverCodes(campaigns, creators);
        AddOverlappingRules(campaigns, creators);
        foreach (var campaign in campaigns)
            costs.Add(new CostItem(
                campaign.Id + ".team", campaign.Id, "management", money.Currency, ToMajor(2_345.67m), Recognition: "spread",
                From: firstDay.AddDays(2), To: lastDay.AddDays(-1)));

        return new MarketCatalog
        {
            Brand = brand, Creators = creators, Campaigns = campaigns, Links = links, Codes = codes, Rules = rules,
            Agreements = agreements, Costs = costs, Landings = landings,
        };
    }

    /// <summary>Returns the default time zone of a seed.</summary>
    public static string ZoneOf(int seed) =>
        (seed % 3) switch { 0 => "Europe/Berlin", 1 => "America/New_York", _ => "Asia/Tokyo" };

    /// <summary>Returns the default currency of a seed.</summary>
    public static string CurrencyOf(int seed) =>
        (seed % 4) switch { 0 => "EUR", 1 => "USD", 2 => "JPY", _ => "KWD" };

    private CreatorItem CreatorOf(int number)
    {
        var suffix = number < Names.Length ? "" : ((number / Names.Length) + 1).ToString(CultureInfo.InvariantCulture);
        var name = Names[number % Names.Length] + suffix;
        // Nano, micro, mid, macro and mega creators, about as frequent as in real markets.
        var (minFollowers, maxFollowers) = (number % 20) switch
        {
            < 7 => (1_000, 10_000),
            < 15 => (10_000, 50_000),
            < 18 => (50_000, 500_000),
            18 => (500_000, 1_000_000),
            _ => (1_000_000, 4_000_000),
        };
        var becomesInactive = number == 4; // One creator becomes inactive in the middle of the market.
        return new CreatorItem(
            prefix + name, char.ToUpperInvariant(name[0]) + name[1..], random.Pick(["beauty", "fashion", "fitness", "food"]),
            random.Pick(["DE", "US", "JP", "FR"]), becomesInactive ? "inactive" : "active",
            becomesInactive ? days.StartOf(firstDay.AddDays(options.Days / 2)).AddHours(13) : null,
            [new HandleItem(random.Pick(Platforms), name + ".daily", random.Next(minFollowers, maxFollowers))],
            number % 5 == 0 ? [prefix + "own_" + name] : null);
    }

    private void AddPlacement(CampaignItem campaign, CreatorItem creator, int number)
    {
        var name = creator.Id[prefix.Length..];
        var id = campaign.Id + "." + name;
        var campaignName = campaign.Id[prefix.Length..];
        var placement = new SimulatedPlacement(campaign.Id, creator.Id);
        var platform = creator.Handles![0].Platform;

        // One link or two; the second one expires during the market.
        for (var i = 1; i <= (number % 4 == 0 ? 2 : 1); i++)
        {
            var utm = number % 2 == 0 ? new UtmItem(platform, "influencer", campaignName, $"{name}.l{i}") : null;
            links.Add(new LinkItem(
                $"{id}.l{i}", $"{name}-{campaignName}-{i}", $"https://shop.example/{campaignName}", campaign.Id, creator.Id, platform,
                $"{prefix}{platform}-{name}-{campaignName}-{i}", utm,
                ValidTo: i == 2 ? days.StartOf(firstDay.AddDays(options.Days * 3 / 4)).AddHours(5) : null,
                Fallback: i == 2 ? "https://shop.example/" : null));
            if (utm is not null && i == 1) landings.Add(new LandingFact(utm, placement));
        }

        // Three of four creators have a code, with a typical name.
        if (number % 4 != 3)
            codes.Add(new CodeItem(
                id + ".code", (name + campaignName[..2]).ToUpperInvariant() + "10", campaign.Id, creator.Id,
                number % 3 == 0 ? null : days.StartOf(firstDay.AddDays(2)).AddMinutes(90),
                number % 5 == 2 ? days.StartOf(firstDay.AddDays(options.Days / 2)).AddHours(11) : null));

        // Some have explicit UTM rules: an exact one, and a prefix for everything else they post.
        if (number % 2 == 1)
        {
            rules.Add(new UtmRuleItem(
                id + ".bio", new UtmItem(Campaign: campaignName, Content: name + "-bio"), campaign.Id, creator.Id));
            landings.Add(new LandingFact(new UtmItem(platform, "social", campaignName, name + "-bio"), placement));
        }

        if (number % 3 == 1)
        {
            rules.Add(new UtmRuleItem(
                id + ".any", new UtmItem(Campaign: campaignName, Content: name + "-*"), campaign.Id, creator.Id));
            landings.Add(new LandingFact(new UtmItem(platform, "social", campaignName, name + "-reel-7"), placement));
            landings.Add(new LandingFact(new UtmItem(null, null, campaignName, name + "-"), placement));
        }

        AddPay(campaign, creator, number, id);
    }

    /// <summary>Adds a fee, a gift, a commission, a fixed amount per conversion, or a mix of them.</summary>
    private void AddPay(CampaignItem campaign, CreatorItem creator, int number, string id)
    {
        var followers = creator.Handles![0].Followers ?? 0;
        var fee = 40m + (decimal)Math.Pow(followers, 0.75) / 4m;
        var on = firstDay.AddDays(random.Next(0, options.Days / 2));
        CostItem Cost(string kind, decimal euros) =>
            new($"{id}.{kind}", campaign.Id, kind, money.Currency, ToMajor(euros), creator.Id, On: on);
        void AddAgreement(string suffix, CommissionItem commission, DateOnly? from = null, DateOnly? to = null) =>
            agreements.Add(new AgreementItem($"{id}.{suffix}", campaign.Id, creator.Id, commission, from, to));
        CostItem Spread(string kind, decimal euros, int length) =>
            Cost(kind, euros) with { Recognition = "spread", On = null, From = on, To = on.AddDays(Math.Min(length, options.Days / 2) - 1) };

        switch (number % 6)
        {
            case 0:
                costs.Add(Cost("fee", fee));
                break;
            case 1:
                costs.Add(Cost("gift", 35m + number));
                costs.Add(Cost("shipping", 6.9m));
                break;
            case 2:
                agreements.Add(new AgreementItem(
                    id + ".a1", campaign.Id, creator.Id, new CommissionItem("percent_of_net", Rate: 7.5m + (number % 4)), Tiers: []));
                break;
            case 3:
                AddAgreement("a1", new CommissionItem("fixed_per_conversion", Amount: ToMajor(4.99m)));
                costs.Add(Spread("production", 120.01m, 7));
                break;
            case 4: // Fee and commission; the rate changes on one day.
                var change = firstDay.AddDays(options.Days / 2);
                costs.Add(Spread("fee", fee / 2, 14));
                AddAgreement("a1", new CommissionItem("percent_of_net", Rate: 5m), firstDay.AddDays(1), change);
                AddAgreement("a2", new CommissionItem("percent_of_net", Rate: 12.25m), change);
                break;
            default: // Gift, and commission on new customers only; a credit note later.
                costs.Add(Cost("gift", 60m));
                costs.Add(Spread("other", 10m, 3));
                costs.Add(Cost("other", -3.5m) with { Id = id + ".credit" });
                agreements.Add(new AgreementItem(
                    id + ".a1", campaign.Id, creator.Id, new CommissionItem("percent_of_net", Rate: 20m), NewCustomersOnly: true));
                break;
        }
    }

    /// <summary>
    /// Adds codes that move to another creator, one of them with a gap in which it belongs to no creator.
    /// </summary>
    private void HandOverCodes(CampaignItem[] campaigns, List<CreatorItem> creators)
    {
        for (var i = 0; i < 3; i++)
        {
            var change = days.StartOf(firstDay.AddDays((options.Days / 2) - 5 + (i * 3))).AddHours(i * 7);
            var code = "SWAP" + (char)('A' + i);
            codes.Add(new CodeItem($"{prefix}swap{i}.1", code, campaigns[i % 3].Id, creators[i].Id, null, change));
            codes.Add(new CodeItem(
                $"{prefix}swap{i}.2", code, campaigns[(i + 1) % 3].Id, creators[i + 1].Id, i == 2 ? change.AddDays(2) : change));
        }
    }

    /// <summary>Adds overlapping UTM rules with known winners.</summary>
    private void AddOverlappingRules(CampaignItem[] campaigns, List<CreatorItem> creators)
    {
        var name = creators[1].Id[prefix.Length..];
        var here = new SimulatedPlacement(campaigns[0].Id, creators[1].Id);
        var there = new SimulatedPlacement(campaigns[2].Id, creators[2].Id);
        rules.Add(new UtmRuleItem(
            prefix + "odd.wide", new UtmItem(Campaign: "odd*", Content: name + "*"), here.Campaign, here.Creator));
        rules.Add(
            new UtmRuleItem(prefix + "odd.exact", new UtmItem(Campaign: "odd-one"), there.Campaign, there.Creator));
        rules.Add(new UtmRuleItem(
            prefix + "odd.late", new UtmItem(Campaign: "odd-late"), there.Campaign, there.Creator,
            ValidFrom: days.StartOf(firstDay.AddDays(options.Days + 30))));

        // Two prefix members match; one exact member precedes them; a rule that is not valid yet does not.
        landings.Add(new LandingFact(new UtmItem("news", null, "odd-two", name + "!"), here));
        landings.Add(new LandingFact(new UtmItem("news", null, "odd-one", name + "!"), there));
        landings.Add(new LandingFact(new UtmItem("news", null, "odd-late", name), here));

        // The parameters of a link come after the explicit rules, even if they are more exact.
        var link = new LinkItem(
            prefix + "odd.link", "odd-link", "https://shop.example/odd", there.Campaign, there.Creator,
            Utm: new UtmItem("mail", "letter", "odd-three", name));
        links.Add(link);
        landings.Add(new LandingFact(link.Utm!, here));

        // Parameters that match no placement.
        landings.Add(new LandingFact(new UtmItem("google", "cpc", "brandword"), null));
        landings.Add(new LandingFact(new UtmItem(Campaign: "sprin", Content: "nobody"), null));
    }

    private decimal ToMajor(decimal euros) => money.ToMajor(money.MinorFromEuros(euros));
}
