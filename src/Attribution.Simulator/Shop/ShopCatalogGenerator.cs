using System.Globalization;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator.Shop;

/// <summary>Generates the brand, the campaigns and the creators of a shop, and what is expected of each of them.</summary>
internal sealed class ShopCatalogGenerator(int seed, DateOnly firstDay, MarketOptions options, MarketCurrency money)
{
    /// <summary>The number of days after the market for which posts are planned, for live traffic.</summary>
    private const int DaysAfter = 120;

    /// <summary>The number of the creator with a post that brings many times the usual visitors.</summary>
    private const int HitCreator = 8;

    private static readonly string[] GivenNames =
    [
        "Mia", "Jonas", "Lea", "Noah", "Zoe", "Emil", "Ida", "Finn", "Nora", "Luis", "Amara", "Theo", "Yuki", "Omar", "Clara", "Hugo",
        "Aiko", "Ben", "Elif", "Max", "Rosa", "Karl", "Ines", "Tom", "Maya", "Otto", "Lina", "Paul", "Sofia", "Jan", "Greta", "Leon",
        "Hana", "Emma", "Milo", "Ruth", "Sven", "Tara", "Uma", "Viktor",
    ];

    private static readonly string[] FamilyNames =
    [
        "Brandt", "Keller", "Moreau", "Lindqvist", "Castillo", "Novak", "Berg", "Okafor", "Tanaka", "Rossi", "Haddad", "Peters", "Silva",
    ];

    private static readonly string[] Platforms = ["instagram", "tiktok", "youtube"];

    private readonly SeededRandom random = new(seed);
    private readonly string prefix = options.BrandId == "default" ? "" : options.BrandId + "-";
    private readonly DateOnly lastDay = firstDay.AddDays(options.Days - 1);
    private readonly List<ShopPlacement> placements = [];
    private readonly List<UtmRuleItem> rules = [];
    private readonly List<PublisherItem> publishers = [];

    /// <summary>Generates the catalog and the placements.</summary>
    public ShopCatalog Generate()
    {
        CampaignItem[] campaigns =
        [
            new(prefix + "evergreen", "Evergreen", options.BrandId),
            new(
                prefix + "serum", "Night serum launch", options.BrandId, firstDay.AddDays(options.Days / 8),
                firstDay.AddDays(options.Days * 3 / 4), Goals: [new GoalItem("net", Euros(9_000))]),
            new(
                prefix + "giftsets", "Gift sets", options.BrandId, firstDay.AddDays(options.Days / 3), lastDay.AddDays(30),
                new LookbackItem("P14D", "P3D"), [new GoalItem("orders", 250)]),
        ];
        var creators = Enumerable.Range(0, options.Creators).Select(CreatorOf).ToList();
        for (var i = 0; i < creators.Count; i++)
        {
            AddPlacement(campaigns[i % 3], creators[i], i);
            if (i % 4 == 0) AddPlacement(campaigns[(i + 1) % 3], creators[i], i);
        }

        var days = Enumerable.Range(0, options.Days).Select(firstDay.AddDays).ToList();
        var interest = days.Sum(day => ShopRhythm.Of(day) * placements.Sum(placement => placement.InterestOn(day)));
        var visitorsPerInterest = options.People / interest;
        var pay = new ShopPay(firstDay, lastDay, money, options.Creators);
        pay.Add(campaigns, [.. placements.Select(placement => (placement, Visitors: visitorsPerInterest
            * days.Sum(day => ShopRhythm.Of(day) * placement.InterestOn(day))))], creators);
        return new ShopCatalog(
            new MarketCatalog
            {
                Brand = new BrandItem(
                    options.BrandId, "Glow", money.Currency, options.TimeZone ?? CatalogGenerator.ZoneOf(seed),
                    Policy: new PolicyItem("code_first"), GrossMarginPercent: 62,
                    ProductMargins: [new(48, Category: "gifts"), new(70, "cleanser")]),
                Creators = creators, Campaigns = campaigns, Links = [.. placements.Select(placement => placement.Link)],
                Codes = [.. placements.Select(placement => placement.Code).OfType<CodeItem>()], Rules = rules, Publishers = publishers,
                Agreements = pay.Agreements, Costs = pay.Costs, Landings = [],
            },
            placements, visitorsPerInterest);
    }

    private CreatorItem CreatorOf(int number)
    {
        var (name, family) = (GivenNames[number % GivenNames.Length], FamilyNames[number % FamilyNames.Length]);
        var id = number < GivenNames.Length ? name : name + ((number / GivenNames.Length) + 1).ToString(CultureInfo.InvariantCulture);
        // Mostly nano and micro creators, some mid ones, one macro and one mega creator of twenty.
        var (least, most) = (number % 20) switch
        {
            < 7 => (2_000, 10_000), < 15 => (10_000, 50_000), < 18 => (60_000, 250_000), 18 => (500_000, 800_000), _ => (1_000_000, 1_600_000),
        };
        return new CreatorItem(
            prefix + id.ToLowerInvariant(), $"{name} {family}", random.Pick(["skincare", "beauty", "lifestyle", "fitness"]),
            random.Pick(["DE", "DE", "DE", "AT", "CH"]),
            Handles: [new HandleItem(Platforms[number % Platforms.Length], id.ToLowerInvariant() + ".daily", random.Next(least, most))]);
    }

    private void AddPlacement(CampaignItem campaign, CreatorItem creator, int number)
    {
        var (name, handle) = (creator.Id[prefix.Length..], creator.Handles![0]);
        var campaignName = campaign.Id[prefix.Length..];
        var id = campaign.Id + "." + name;
        var followers = handle.Followers ?? 0;
        var link = new LinkItem(
            id + ".link", $"{name}-{campaignName}", "https://shop.example/" + campaignName, campaign.Id, creator.Id, handle.Platform,
            Utm: new UtmItem(handle.Platform, "influencer", campaignName, name + "-link"));
        var bio = new UtmItem(handle.Platform, "social", campaignName, name + "-bio");
        rules.Add(new UtmRuleItem(id + ".bio", new UtmItem(Campaign: campaignName, Content: name + "-bio"), campaign.Id, creator.Id));
        var publisher = new PublisherItem(
            id + ".publisher", number % 2 == 0 ? "impact.com" : "awin.com", campaign.Id, creator.Id, $"pub-{name}-{campaignName}");
        publishers.Add(publisher);
        // Three of four have a code. Small accounts know their followers: more of them engage and buy.
        var code = number % 4 == 3 ? null
            : new CodeItem(id + ".code", (name + campaignName[..2]).ToUpperInvariant() + "10", campaign.Id, creator.Id);
        var closeness = Math.Clamp((6.3 - Math.Log10(Math.Max(followers, 1_000))) / 3.3, 0, 1);
        placements.Add(new ShopPlacement(
            campaign, creator, link, bio, publisher, code,
            Math.Sqrt(followers) * random.Next(0.7, 1.3),
            0.01 + (0.025 * closeness * random.Next(0.8, 1.2)),
            0.01 + (0.045 * closeness * random.Next(0.7, 1.1)),
            PostsOf(campaign, $"{prefix}{handle.Platform}-{name}-{campaignName}", number)));
    }

    private List<ShopPost> PostsOf(CampaignItem campaign, string id, int number)
    {
        var posts = new List<ShopPost>();
        var end = lastDay.AddDays(DaysAfter);
        if (campaign.EndsOn is { } ends && ends < end) end = ends;
        for (var day = (campaign.StartsOn ?? firstDay.AddDays(-12)).AddDays(random.Next(0, 9)); day <= end; day = day.AddDays(random.Next(9, 16)))
            posts.Add(new ShopPost($"{id}-{posts.Count + 1}", day, random.Next(0.8, 3.0)));
        if (number == HitCreator && posts.Count > 1) posts[posts.Count / 3] = posts[posts.Count / 3] with { Strength = 24 };
        return posts;
    }

    private decimal Euros(decimal euros) => money.ToMajor(money.MinorFromEuros(euros));
}
