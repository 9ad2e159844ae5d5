using Attribution.Contracts.Catalog;

namespace Attribution.Simulator.Shop;

/// <summary>
/// The people who meet the shop for the first time on one day, with everything they do then and later. Determined by the
/// market and the day.
/// </summary>
/// <param name="catalog">The catalog and the placements.</param>
/// <param name="context">The randomness, ids and events of this cohort.</param>
/// <param name="days">The local days.</param>
/// <param name="day">The day.</param>
/// <param name="agentOrders">The orders that agents buy, for each order of a visitor.</param>
/// <param name="marketEnd">The end of the market; orders before it are not refunded after it.</param>
internal sealed partial class ShopCohort(
    ShopCatalog catalog, GenerationContext context, LocalDays days, DateOnly day, double agentOrders, DateTimeOffset marketEnd)
{
    private static readonly string[] UserAgents =
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    ];

    private const string Crawler = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)";

    private readonly SeededRandom random = context.Random;
    private readonly EventWriter writer = context.Writer;
    private readonly List<Person> people = [];
    private readonly List<SnapshotFact> snapshots = [];

    /// <summary>Generates the cohort.</summary>
    /// <param name="leaked">A placement whose code is passed around on this day; null if none is.</param>
    public (IReadOnlyList<Person> People, IReadOnlyList<SnapshotFact> Snapshots, IReadOnlyList<SimulatedEvent> Events) Generate(
        ShopPlacement? leaked)
    {
        var interests = catalog.Placements.ToDictionary(placement => placement, placement => placement.InterestOn(day));
        var perInterest = catalog.VisitorsPerInterest * ShopRhythm.Of(day);
        var (visitors, orders) = (0.0, 0.0);
        foreach (var (placement, interest) in interests)
        {
            visitors += perInterest * interest;
            orders += perInterest * interest * placement.OrderRate;
            for (var i = CountOf(perInterest * interest); i > 0; i--) AddVisitor(placement);
        }

        for (var i = CountOf(visitors * 0.03); i > 0; i--) AddCrawler();
        var withCode = catalog.Placements.Where(placement => placement.Code is not null && interests[placement] > 0).ToList();
        for (var i = withCode.Count == 0 ? 0 : CountOf(orders * 0.25); i > 0; i--)
            AddBuyerWithoutVisit(random.Pick(withCode, placement => interests[placement] * placement.OrderRate).Code!.Code, isNew: random.Chance(60));
        for (var i = CountOf(orders * 0.4); i > 0; i--)
            AddBuyerWithoutVisit(random.Chance(8) ? random.Pick(["WELCOME10", "WELCOME10", "FRIENDS15"]) : null, isNew: random.Chance(45));
        for (var i = leaked is null ? 0 : random.Next(1, 5); i > 0; i--) AddBuyerWithoutVisit(leaked!.Code!.Code, isNew: true);
        foreach (var placement in catalog.Placements)
        foreach (var post in placement.Posts.Where(post => post.Day == day))
            AddCounters(placement, post);
        // Last, so that everything else is as it was before there were agents.
        AddAgents(interests, visitors, orders);
        return (people, snapshots, context.Events);
    }

    /// <summary>Returns a whole number with the given mean.</summary>
    private int CountOf(double mean) => (int)mean + (random.Happens(mean - (int)mean) ? 1 : 0);

    private DateTimeOffset RandomTime() => days.StartOf(day) + ShopRhythm.TimeOfDay(random);

    /// <summary>Adds a visitor who arrives by a creator, comes back or not, and buys or not.</summary>
    private void AddVisitor(ShopPlacement first)
    {
        var (person, device) = (AddPerson(), context.NextId("v"));
        var (at, placement) = (RandomTime(), first);
        Arrive(person, at, device, placement);
        for (var more = 0; more < 4 && random.Chance(24); more++)
        {
            var again = at + random.Next(TimeSpan.FromHours(2), TimeSpan.FromDays(6));
            var next = random.Chance(75) ? placement : random.Pick(catalog.Placements, known => known.Popularity);
            if (!next.RunsOn(days.DayOf(again))) continue;
            (at, placement) = (again, next);
            Arrive(person, at, device, placement);
        }

        if (random.Chance(2)) AddSignup(person, at.AddMinutes(random.Next(1, 6)), device);
        if (!random.Happens(placement.OrderRate)) return;

        var customer = random.Chance(92) ? context.NextId("cus") : null;
        var isNew = random.Chance(68);
        var order = at + random.Next(0, 100) switch
        {
            < 58 => random.Next(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(50)),
            < 86 => random.Next(TimeSpan.FromHours(1), TimeSpan.FromDays(3)),
            _ => random.Next(TimeSpan.FromDays(3), TimeSpan.FromDays(9)),
        };
        AddOrder(person, order, customer, isNew, device, random.Chance(40) ? placement.Code?.Code : null);
        if (customer is not null && random.Chance(16))
            AddOrder(person, order + random.Next(TimeSpan.FromDays(10), TimeSpan.FromDays(35)), customer, isNew: false, device, null);
    }

    private void AddBuyerWithoutVisit(string? code, bool isNew) =>
        AddOrder(AddPerson(), RandomTime(), random.Chance(85) ? context.NextId("cus") : null, isNew, context.NextId("v"), code);

    private void AddCrawler()
    {
        var (person, at) = (AddPerson(), RandomTime());
        Click(person, at, random.Pick(catalog.Placements), context.NextId("v"), context.NextId("k"), Crawler, "bot");
    }

    /// <summary>Adds a click with its landing, or the landing alone of the address in a creator's profile.</summary>
    private void Arrive(Person person, DateTimeOffset at, string device, ShopPlacement placement)
    {
        var userAgent = random.Pick(UserAgents);
        if (random.Chance(22))
        {
            Visit(person, at, UrlOf(placement.Campaign, placement.Bio), placement, device, userAgent, isLanding: false);
            return;
        }

        // Chat programs fetch a link for its preview.
        if (random.Chance(5)) Click(person, at.AddSeconds(-3), placement, device, context.NextId("k"), userAgent, "prefetch");
        var clickId = context.NextId("k");
        Click(person, at, placement, device, clickId, userAgent, null);
        if (random.Chance(8)) return; // Left before the page was shown.
        Visit(
            person, at.AddMilliseconds(random.Next(900, 6_000)),
            UrlOf(placement.Campaign, placement.Link.Utm!) + "&atr_cid=" + clickId, placement, device, userAgent, isLanding: true);
    }

    private void Click(
        Person person, DateTimeOffset at, ShopPlacement placement, string device, string clickId, string userAgent, string? label)
    {
        var id = context.NextId("c");
        context.Emit(id, at, writer.Click(id, at, placement.Link.Slug, device, clickId, userAgent, label == "bot" ? null : label));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = true, Placement = placement.Place, Label = label });
    }

    private void Visit(
        Person person, DateTimeOffset at, string url, ShopPlacement placement, string device, string userAgent, bool isLanding)
    {
        var id = context.NextId("p");
        context.Emit(id, at, writer.Visit(id, at, url, device, null, userAgent, null));
        person.Touches.Add(new TouchFact
        {
            EventId = id, At = at, IsClick = false, Placement = placement.Place, IsLandingOfClick = isLanding,
        });
    }

    private static string UrlOf(CampaignItem campaign, UtmItem utm) =>
        $"https://shop.example/{campaign.Id}?utm_source={utm.Source}&utm_medium={utm.Medium}&utm_campaign={utm.Campaign}&utm_content={utm.Content}";

    private void AddSignup(Person person, DateTimeOffset at, string device)
    {
        var (id, signup) = (context.NextId("e"), context.NextId("s"));
        context.Emit(id, at, writer.Lead(id, at, "signup", signup, null, device));
        person.Conversions.Add(new ConversionFact { Id = signup, Kind = "signup", At = at });
    }

    private ConversionFact AddOrder(
        Person person, DateTimeOffset at, string? customer, bool isNew, string? device, string? code, string? clickId = null)
    {
        var (id, order) = (context.NextId("e"), context.NextId("o"));
        var basket = new List<ShopProduct>();
        for (var goods = random.Next(0, 100) switch { < 45 => 1, < 80 => 2, < 95 => 3, _ => 4 }; goods > 0; goods--) basket.Add(random.Pick(ShopProduct.All));
        var lines = basket.GroupBy(product => product)
            .Select(group => new BasketLine(group.Key.Number, group.Key.Category, group.Count(), group.Count() * context.Money.MinorFromEuros(group.Key.Price)))
            .ToList();
        var gross = lines.Sum(line => line.Goods);
        long? discount = code is null ? null : gross / 10;
        context.Emit(id, at, code is null
            ? writer.Order(id, at, order, null, gross, null, customer, isNew, device, clickId, lines: lines)
            : writer.Redemption(id, at, order, [code], gross, discount, customer, isNew, device, clickId, lines: lines));
        var fact = new ConversionFact
        {
            Id = order, Kind = "order", At = at, Gross = gross, Discount = discount ?? 0, Codes = code is null ? [] : [code],
            CustomerKey = customer, IsNewCustomer = isNew,
        };
        if (random.Chance(8)) AddRefund(fact);
        person.Conversions.Add(fact);
        return fact;
    }

    private void AddRefund(ConversionFact order)
    {
        var net = order.Gross - order.Discount;
        var (kind, amount, after) = random.Next(0, 100) switch
        {
            < 45 => ("refund", (long?)net, random.Next(TimeSpan.FromDays(3), TimeSpan.FromDays(16))),
            < 88 => ("refund", random.Next(net / 4, net), random.Next(TimeSpan.FromDays(3), TimeSpan.FromDays(16))),
            < 97 => ("cancel", null, random.Next(TimeSpan.FromMinutes(10), TimeSpan.FromHours(20))),
            _ => ("chargeback", net, random.Next(TimeSpan.FromDays(12), TimeSpan.FromDays(30))),
        };
        var at = order.At + after;
        if (order.At < marketEnd && at >= marketEnd) return;
        var id = context.NextId("f");
        context.Emit(id, at, writer.Refund(id, at, order.Id, context.NextId("r"), kind, amount));
        order.Refunds.Add(new RefundFact(id, at, kind, amount));
    }

    /// <summary>Adds the counters of a post, which grow for a week.</summary>
    private void AddCounters(ShopPlacement placement, ShopPost post)
    {
        var reach = placement.Followers * random.Next(0.12, 0.4) * Math.Clamp(post.Strength / 2, 0.6, 5);
        var reactions = reach * placement.EngagementRate * random.Next(0.8, 1.2);
        var published = days.StartOf(day) + TimeSpan.FromHours(random.Next(9, 20));
        foreach (var (after, part) in new[] { (6, 0.45), (24, 0.8), (72, 0.95), (168, 1.0) })
        {
            var at = published.AddHours(after);
            long[] counters =
            [
                (long)(reach * part * 1.3), (long)(reach * part), (long)(reactions * part * 0.82), (long)(reactions * part * 0.05),
                (long)(reactions * part * 0.06), (long)(reactions * part * 0.07), (long)(reach * part * 1.1),
            ];
            var id = context.NextId("g");
            context.Emit(id, at, writer.Engagement(
                id, at, post.Id, placement.Link.Platform!, placement.Creator.Id, placement.Campaign.Id, counters));
            snapshots.Add(new SnapshotFact(post.Id, placement.Place, id, at, counters));
        }
    }

    private Person AddPerson()
    {
        var person = new Person();
        people.Add(person);
        return person;
    }
}
