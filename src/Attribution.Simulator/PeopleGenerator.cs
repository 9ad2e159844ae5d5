using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// Makes people who click, land, sign up, order and give back, and writes down of each both what truly happened and the events that
/// tell of it. Whatever one person's events name belongs together by construction: every device of a customer is named beside the
/// customer's key at least once.
/// </summary>
internal sealed class PeopleGenerator(int seed, MarketCatalog catalog, MarketOptions options, DateOnly firstDay, LocalDays days, MarketCurrency money)
{
    private static readonly string[] BrowserUserAgents =
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22D60 Instagram 370.0.0.26.94 (iPhone15,2; iOS 18_3; de_DE)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    ];

    private static readonly string[] CrawlerUserAgents =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    ];

    private readonly SeededRandom random = new(unchecked(seed * 7919 + 1));
    private readonly string prefix = options.BrandId == "default" ? "" : options.BrandId + "-";
    private readonly DateTimeOffset start = days.StartOf(firstDay);
    private readonly DateTimeOffset end = days.StartOf(firstDay.AddDays(options.Days));
    private readonly EventWriter writer = new(options.BrandId, days, money, new SeededRandom(unchecked(seed * 31 + 7)));
    private readonly Dictionary<string, double> popularity = catalog.Creators.ToDictionary(c => c.Id, c => Math.Sqrt(c.Handles![0].Followers ?? 1));
    private readonly List<SimulatedEvent> events = [];
    private int counter;

    /// <summary>The events in the order they happened in.</summary>
    public IReadOnlyList<SimulatedEvent> Events => events;

    /// <summary>What posts came to.</summary>
    public List<SnapshotFact> Snapshots { get; } = [];

    /// <summary>Makes everybody.</summary>
    public List<Person> Generate()
    {
        var people = new List<Person>();
        for (var i = 0; i < options.People; i++)
            people.Add(random.Chance(4) ? CreateBot() : random.Chance(8) ? CreateCodeBuyer() : CreateShopper());
        foreach (var creator in catalog.Creators.Where(c => c.CustomerKeys is { Count: > 0 }))
            people.Add(CreateSelfPurchase(creator));
        AddRefundsWithoutOrder();
        AddPosts();
        return people;
    }

    /// <summary>Somebody with one device or more who browses, and mostly buys.</summary>
    private Person CreateShopper()
    {
        var person = new Person();
        var conversions = random.Next(0, 100) switch { < 45 => 0, < 80 => 1, < 95 => 2, _ => 3 };
        var isCustomer = conversions > 0 && random.Chance(80);
        var deviceCount = isCustomer ? random.Next(0, 100) switch { < 75 => 1, < 95 => 2, _ => 3 } : 1;
        var deviceIds = Enumerable.Range(0, deviceCount).Select(_ => NextId("v")).ToList();
        var customer = isCustomer ? NextId("cus") : null;
        var anchor = RandomInstant();

        // Two people at one device are one journey; each order names one of them.
        var second = isCustomer && random.Chance(3) ? NextId("cus") : null;

        var moments = new List<DateTimeOffset>();
        for (var i = 0; i < Math.Max(conversions, isCustomer ? deviceCount : 0); i++)
        {
            var at = i == 0 ? anchor : ClampToMarket(MirrorIntoMarket(anchor + random.Next(TimeSpan.FromMinutes(-40), TimeSpan.FromDays(12))));
            // Every device is named once beside the customer; afterwards either may be missing.
            var other = i >= deviceCount ? second : null;
            var device = i < deviceCount ? deviceIds[i] : isCustomer && other is null && random.Chance(30) ? null : random.Pick(deviceIds);
            moments.Add(at);
            if (i >= conversions || random.Chance(12)) AddLead(person, at, customer, device);
            else AddOrder(person, at, other ?? customer, i == 0, device, null, random.Chance(35));
        }

        if (moments.Count == 0) moments.Add(anchor);
        for (var i = random.Next(0, 100) switch { < 8 => 0, < 45 => 1, < 70 => 2, < 85 => 3, < 97 => 5, _ => 9 }; i > 0; i--)
            AddTouch(person, random.Pick(moments), random.Pick(deviceIds));
        return person;
    }

    /// <summary>An order out of nowhere, mostly with a code: no touch leads to it.</summary>
    private Person CreateCodeBuyer()
    {
        var person = new Person();
        AddOrder(person, RandomInstant(), random.Chance(60) ? NextId("cus") : null, random.Chance(50), null, null, random.Chance(75));
        return person;
    }

    /// <summary>A creator's own order: neither her touches nor her code earn by it, but they count.</summary>
    private Person CreateSelfPurchase(CreatorItem creator)
    {
        var person = new Person();
        var device = NextId("v");
        var at = RandomInstant();
        var own = catalog.Links.First(link => link.CreatorId == creator.Id);
        if (random.Chance(50)) AddTouch(person, at, device);
        AddClickAndLanding(person, ClampToMarket(at - TimeSpan.FromMinutes(random.Next(5, 3000))), device, own, null);
        AddOrder(person, at, creator.CustomerKeys![0], true, device, creator.Id, random.Chance(30), catalog.Codes.FirstOrDefault(code => code.CreatorId == creator.Id)?.Code);
        return person;
    }

    /// <summary>A crawler on a creator's links.</summary>
    private Person CreateBot()
    {
        var person = new Person();
        var device = NextId("v");
        var at = RandomInstant();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            at = ClampToMarket(at.AddSeconds(random.Next(1, 5000)));
            if (random.Chance(70)) AddClickAndLanding(person, at, device, random.Pick(catalog.Links), "bot");
            else AddLanding(person, at, device, random.Pick(catalog.Landings), "bot");
        }

        return person;
    }

    // Touches

    private void AddTouch(Person person, DateTimeOffset order, string device)
    {
        var kind = random.Next(0, 100);
        var link = random.Pick(catalog.Links, item => popularity[item.CreatorId]);
        var landing = random.Pick(catalog.Landings);
        var isClick = kind < 62;
        var lookback = LookbackOf(isClick ? link.CampaignId : landing.Placement?.Campaign, isClick);
        var at = ClampToMarket(order - random.Next(0, 100) switch
        {
            < 50 => random.Next(TimeSpan.FromSeconds(20), TimeSpan.FromDays(2)),
            < 75 => random.Next(TimeSpan.FromDays(2), TimeSpan.FromDays(9)),
            < 85 => random.Next(TimeSpan.FromDays(9), TimeSpan.FromDays(50)),
            < 88 => lookback,                                   // The last instant inside.
            < 91 => lookback + TimeSpan.FromMilliseconds(1),    // The first one outside.
            < 93 => TimeSpan.Zero,                              // At the order's own instant: inside.
            < 95 => TimeSpan.FromMilliseconds(-1),              // After it.
            _ => -random.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)),
        });

        switch (kind)
        {
            case < 50:
                AddClickAndLanding(person, at, device, link, null);
                break;
            case < 55: // Somebody's preview fetched the link first, or asked for its head.
                AddClickAndLanding(person, at, device, link, random.Pick(["prefetch", "head"]));
                AddClickAndLanding(person, ClampToMarket(at.AddSeconds(4)), device, link, null);
                break;
            case < 59: // Back and forth: comes again and again within 30 minutes of the time before.
                for (var i = 0; i < 4; i++)
                {
                    AddClickAndLanding(person, at, device, link, null);
                    at = ClampToMarket(at + (random.Chance(30) ? TimeSpan.FromMinutes(30) : random.Chance(20) ? TimeSpan.FromMinutes(30).Add(TimeSpan.FromMilliseconds(1)) : random.Next(TimeSpan.Zero, TimeSpan.FromMinutes(40))));
                }

                break;
            case < 62: // A mistyped link, whose landing still carries parameters.
                var clickId = NextId("k");
                AddClick(person, at, "no-such-" + link.Slug, null, device, clickId, null);
                var landed = ClampToMarket(at.AddSeconds(2));
                AddVisit(person, landed, landing, device, clickId, null, inUrl: random.Chance(50));
                break;
            case < 92:
                AddLanding(person, at, device, landing, null);
                break;
            default: // The same landing loaded again.
                AddLanding(person, at, device, landing, null);
                AddLanding(person, ClampToMarket(at.AddSeconds(random.Next(1, 3600))), device, landing, null);
                break;
        }
    }

    private void AddClickAndLanding(Person person, DateTimeOffset at, string device, LinkItem link, string? label)
    {
        var place = link.ValidTo is { } ended && at >= ended ? null : new SimulatedPlacement(link.CampaignId, link.CreatorId);
        var clickId = random.Chance(85) ? NextId("k") : null;
        // The redirector's cookie may differ from the landing page's, or be missing; the click id leads on.
        var cookie = clickId is null || random.Chance(50) ? device : random.Chance(50) ? NextId("r") : null;
        // Without a landing the click must name the device itself, or it would be somebody else's.
        var lands = clickId is not null && (cookie != device || random.Chance(70));
        AddClick(person, at, link.Slug, place, cookie, clickId, label);
        if (label is null && cookie == device && random.Chance(4)) AddClick(person, ClampToMarket(at.AddSeconds(1)), link.Slug, PlacementOf(link, at.AddSeconds(1)), cookie, clickId, null);
        if (!lands) return;

        var landedAt = random.Chance(5) ? ClampToMarket(at.AddHours(random.Next(1, 30))) : ClampToMarket(at.AddSeconds(random.Next(0, 9)));
        var url = "https://shop.example/p?" + (random.Chance(50) ? Query(link.Utm ?? new UtmItem("instagram", "influencer"), tidy: true) + "&" : "") + "atr_cid=" + clickId;
        var id = NextId("p");
        Emit(id, landedAt, writer.Visit(id, landedAt, url, device, random.Chance(20) ? clickId : null, UserAgentFor(label), label is "prefetch" or "head" ? label : null));
        if (place is null)
        {
            // The click was nobody's: the landing stands by its own parameters, if it has any that are somebody's.
            // A link that has ended no longer lends its parameters to a landing either.
            person.Touches.Add(new TouchFact { EventId = id, At = landedAt, IsClick = false, Placement = null, Label = label });
            return;
        }

        person.Touches.Add(new TouchFact
        {
            EventId = id, At = landedAt, IsClick = false, Placement = place, IsLandingOfClick = label is null, IsLandingOfLabelledClick = label is not null,
        });
    }

    private void AddClick(Person person, DateTimeOffset at, string slug, SimulatedPlacement? place, string? visitor, string? clickId, string? label)
    {
        var id = NextId("c");
        Emit(id, at, writer.Click(id, at, slug, visitor, clickId, UserAgentFor(label), label is "prefetch" or "head" ? label : null));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = true, Placement = place, Label = label });
    }

    private void AddLanding(Person person, DateTimeOffset at, string device, LandingFact landing, string? label) => AddVisit(person, at, landing, device, null, label, inUrl: false);

    private void AddVisit(Person person, DateTimeOffset at, LandingFact landing, string device, string? clickId, string? label, bool inUrl)
    {
        var id = NextId("p");
        var url = "https://shop.example/landing?" + Query(landing.Utm, tidy: random.Chance(50)) + (inUrl ? "&atr_cid=" + clickId : "");
        Emit(id, at, writer.Visit(id, at, url, device, inUrl ? null : clickId, UserAgentFor(label), label is "prefetch" or "head" ? label : null));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = false, Placement = landing.Placement, Label = label });
    }

    private string? UserAgentFor(string? label) => label switch
    {
        "bot" => random.Pick(CrawlerUserAgents),
        null => random.Chance(70) ? random.Pick(BrowserUserAgents) : null,
        _ => random.Pick(BrowserUserAgents),
    };

    /// <summary>Parameters as landings carry them: in any case, with blanks as plus or percent, repeated, among others.</summary>
    private string Query(UtmItem utm, bool tidy)
    {
        var parts = new List<string>();
        void Put(string name, string? value)
        {
            if (value is null) return;
            var text = tidy ? value : random.Next(0, 4) switch { 0 => value.ToUpperInvariant(), 1 => "  " + value + " ", 2 => char.ToUpperInvariant(value[0]) + value[1..], _ => value };
            var encoded = Uri.EscapeDataString(text);
            if (random.Chance(30)) encoded = encoded.Replace("%20", "+", StringComparison.Ordinal);
            // Of a repeated name the last value counts.
            if (!tidy && random.Chance(10)) parts.Add($"utm_{name}=something-else");
            parts.Add($"utm_{name}={encoded}");
        }

        Put("source", utm.Source);
        Put("medium", utm.Medium);
        Put("campaign", utm.Campaign);
        Put("content", utm.Content);
        if (!tidy && random.Chance(20)) parts.Add("utm_term=");
        if (random.Chance(20)) parts.Add("fbclid=" + NextId("x"));
        return string.Join('&', parts);
    }

    // Conversions

    private void AddLead(Person person, DateTimeOffset at, string? customer, string? device)
    {
        var id = NextId("e");
        var conversionId = NextId("s");
        var kind = random.Pick(["signup", "lead"]);
        Emit(id, at, writer.Lead(id, at, kind, conversionId, customer, device));
        person.Conversions.Add(new ConversionFact { Id = conversionId, Kind = kind, At = at });
    }

    private void AddOrder(Person person, DateTimeOffset at, string? customer, bool isNew, string? device, string? buyingCreator, bool withCode, string? wantedCode = null)
    {
        var orderId = NextId("o");
        var codes = withCode ? PickCodes(wantedCode) : [];
        var gross = random.Next(money.MinorFromEuros(8), money.MinorFromEuros(220));
        if (random.Chance(1)) gross = 0;
        long? discount = codes.Count > 0 ? gross * random.Pick([5, 10, 15, 20]) / 100 : random.Chance(5) ? gross / 7 : null;
        bool? isNewCustomer = random.Chance(85) ? isNew : null;
        var fact = new ConversionFact
        {
            Id = orderId, Kind = "order", At = at, Gross = gross, Discount = discount ?? 0, Codes = codes, IsNewCustomer = isNewCustomer ?? false, BuyingCreator = buyingCreator,
        };

        var id = NextId("e");
        EmitOrder(id, at, orderId, codes, gross, discount, customer, isNewCustomer, device);
        if (random.Chance(9)) fact = AddCorrection(fact, id, customer, device);
        if (random.Chance(18)) fact = fact with { Refunds = AddRefunds(fact) };
        person.Conversions.Add(fact);
    }

    /// <summary>A second event about the order. What it states is what counts from then on, unless it is the older of the two.</summary>
    private ConversionFact AddCorrection(ConversionFact fact, string firstId, string? customer, string? device)
    {
        var later = ClampToMarket(fact.At + random.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3)));
        var gross = random.Next(money.MinorFromEuros(30), money.MinorFromEuros(250));
        var id = NextId("e");
        switch (random.Next(0, 5))
        {
            case 0: // Gross and discount stated anew; the codes stay as they were said.
                gross = Math.Max(gross, fact.Discount);
                Emit(id, later, writer.Order(id, later, fact.Id, null, gross, gross / 9, null, null, device, null));
                return fact with { Gross = gross, Discount = gross / 9 };
            case 1: // Only the gross stated anew.
                gross = Math.Max(gross, fact.Discount);
                Emit(id, later, writer.Order(id, later, fact.Id, null, gross, null, customer, null, null, null));
                return fact with { Gross = gross };
            case 2: // The codes taken off.
                Emit(id, later, writer.Order(id, later, fact.Id, [], fact.Gross, 0, customer, null, null, null));
                return fact with { Codes = [], Discount = 0 };
            case 3: // Other codes.
                var codes = PickCodes(null);
                Emit(id, later, writer.Redemption(id, later, fact.Id, codes, fact.Gross, fact.Gross / 4, customer, null, device, null));
                return fact with { Codes = codes, Discount = fact.Gross / 4 };
            default: // A payment provider said it before the shop did: the time is the earlier, the contents are the later's.
                var earlier = ClampToMarket(fact.At - random.Next(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)));
                var newToThem = random.Chance(50);
                // Where both carry one instant (at the market's first), the greater id has the last word; ids here grow, so say nothing.
                if (earlier == fact.At) return fact;
                Emit(id, earlier, writer.Order(id, earlier, fact.Id, null, gross, null, customer, newToThem, null, null));
                return fact with { At = earlier, IsNewCustomer = StatesNewCustomer(firstId) ? fact.IsNewCustomer : newToThem };
        }
    }

    /// <summary>Whether the event said if the customer is new; where it did not, an older one that did is believed.</summary>
    private bool StatesNewCustomer(string eventId) => events.Last(e => e.Id == eventId).Json.Contains("\"isNewCustomer\"", StringComparison.Ordinal);

    private void EmitOrder(string id, DateTimeOffset at, string orderId, List<string> codes, long gross, long? discount, string? customer, bool? isNew, string? device)
    {
        string AsTyped(string code) => random.Next(0, 5) switch { 0 => code.ToLowerInvariant(), 1 => " " + code + " ", _ => code };
        Emit(id, at, codes.Count > 0
            ? writer.Redemption(id, at, orderId, [.. codes.Select(AsTyped)], gross, discount, customer, isNew, device, null)
            : writer.Order(id, at, orderId, null, gross, discount, customer, isNew, device, null));
    }

    /// <summary>One code mostly; two now and then, of two creators or one of nobody.</summary>
    private List<string> PickCodes(string? wanted)
    {
        string One() => random.Chance(12) ? random.Pick(["FRIENDS5", "WELCOME", "SWAPZ"]) : random.Pick(catalog.Codes, code => code.Code.StartsWith("SWAP", StringComparison.Ordinal) ? 150 : popularity[code.CreatorId]).Code;
        var codes = new List<string> { wanted ?? One() };
        if (random.Chance(8)) codes.Add(One());
        return [.. codes.Distinct()];
    }

    private List<RefundFact> AddRefunds(ConversionFact order)
    {
        var refunds = new List<RefundFact>();
        var net = order.Gross - order.Discount;
        var at = order.At;
        void Add(string kind, long? amount, TimeSpan? after = null)
        {
            at = at + (after ?? random.Next(TimeSpan.FromHours(1), TimeSpan.FromDays(9)));
            if (at >= end || amount is <= 0) return;
            var id = NextId("f");
            var refundId = NextId("r");
            Emit(id, at, writer.Refund(id, at, order.Id, refundId, kind, amount));
            var fact = new RefundFact(id, at, kind, amount);

            // Told again later with another amount: the later word on a refund is the one that counts.
            var again = at.AddHours(3);
            if (amount > 1 && again < end && random.Chance(8))
            {
                id = NextId("f");
                Emit(id, again, writer.Refund(id, again, order.Id, refundId, kind, amount / 2));
                fact = new RefundFact(id, again, kind, amount / 2);
            }

            refunds.Add(fact);
        }

        switch (random.Next(0, 8))
        {
            case 0:
                Add("refund", net);
                break;
            case 1:
                Add("cancel", null);
                break;
            case 2:
                Add("chargeback", net);
                break;
            case 3: // More than was paid, in two.
                Add("refund", net * 7 / 10);
                Add("refund", net * 7 / 10);
                break;
            case 4: // A part, then all off, then one too many.
                Add("refund", net / 3);
                Add("cancel", null);
                Add("chargeback", net);
                break;
            case 5: // Stamped before the order by a clock that is slow.
                Add("refund", net / 2, TimeSpan.FromMinutes(-2));
                break;
            default:
                Add("refund", random.Next(1, Math.Max(2, net)));
                if (random.Chance(30)) Add("refund", net / 5);
                break;
        }

        return refunds;
    }

    /// <summary>Refunds of orders that never come: they wait for ever and count nowhere.</summary>
    private void AddRefundsWithoutOrder()
    {
        for (var i = 0; i < 3; i++)
        {
            var (at, id) = (RandomInstant(), NextId("f"));
            Emit(id, at, writer.Refund(id, at, NextId("o"), NextId("r"), "refund", money.MinorFromEuros(20)));
        }
    }

    // Posts

    private void AddPosts()
    {
        foreach (var link in catalog.Links.Where(link => link.PostId is not null).Where((_, i) => i % 2 == 0))
        {
            var counters = new long[7];
            var at = RandomInstant();
            for (var i = random.Next(1, 9); i > 0; i--)
            {
                for (var c = 0; c < counters.Length; c++) counters[c] += random.Next(0, 9000) / (c + 1);
                if (random.Chance(10)) counters[2] = Math.Max(0, counters[2] - 50); // Likes taken back.
                var id = NextId("g");
                Emit(id, at, writer.Engagement(id, at, link.PostId!, link.Platform!, link.CreatorId, link.CampaignId, counters));
                Snapshots.Add(new SnapshotFact(link.PostId!, new SimulatedPlacement(link.CampaignId, link.CreatorId), id, at, [.. counters]));
                at = at + random.Next(TimeSpan.FromHours(3), TimeSpan.FromDays(3));
                if (at >= end) break;
            }
        }
    }

    // Times and names

    private TimeSpan LookbackOf(string? campaignId, bool isClick) => Lookbacks.For(catalog, campaignId, isClick);

    private static SimulatedPlacement? PlacementOf(LinkItem link, DateTimeOffset at) => link.ValidTo is { } ended && at >= ended ? null : new SimulatedPlacement(link.CampaignId, link.CreatorId);

    /// <summary>An instant of the market; many of them lie close to a local midnight, where days are got wrong.</summary>
    private DateTimeOffset RandomInstant()
    {
        if (random.Chance(85)) return start + random.Next(TimeSpan.Zero, end - start);
        var midnight = days.StartOf(firstDay.AddDays(random.Next(0, options.Days)));
        return ClampToMarket(midnight + (random.Chance(20) ? TimeSpan.Zero : random.Next(TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(2))));
    }

    /// <summary>What would come after the end comes as long before it, so that the last day is like any other.</summary>
    private DateTimeOffset MirrorIntoMarket(DateTimeOffset at) => at < end ? at : end - (at - end);

    private DateTimeOffset ClampToMarket(DateTimeOffset at) => at < start ? start : at >= end ? end.AddMilliseconds(-1) : at;

    private string NextId(string kind) => $"{prefix}{kind}{++counter:D7}";

    private void Emit(string id, DateTimeOffset at, string json)
    {
        events.Add(new SimulatedEvent(id, at, json));
    }
}

/// <summary>An event as told, and when it happened.</summary>
internal sealed record SimulatedEvent(string Id, DateTimeOffset At, string Json);
