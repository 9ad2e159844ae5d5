using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>
/// Makes people who click, land, sign up, order and give back, and writes down of each both what truly happened and the events that
/// tell of it. Whatever one person's events name belongs together by construction: every device of a customer is named beside the
/// customer's key at least once.
/// </summary>
internal sealed class PeopleMaker(int seed, MarketCatalog catalog, MarketOptions options, DateOnly firstDay, LocalDays days, MarketMoney money)
{
    private static readonly string[] PeoplesBrowsers =
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22D60 Instagram 370.0.0.26.94 (iPhone15,2; iOS 18_3; de_DE)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    ];

    private static readonly string[] Crawlers =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    ];

    private readonly Chance chance = new(unchecked(seed * 7919 + 1));
    private readonly string prefix = options.BrandId == "default" ? "" : options.BrandId + "-";
    private readonly DateTimeOffset start = days.StartOf(firstDay);
    private readonly DateTimeOffset end = days.StartOf(firstDay.AddDays(options.Days));
    private readonly EventWriter write = new(options.BrandId, days, money, new Chance(unchecked(seed * 31 + 7)));
    private readonly Dictionary<string, double> pull = catalog.Creators.ToDictionary(c => c.Id, c => Math.Sqrt(c.Handles![0].Followers ?? 1));
    private readonly List<SimulatedEvent> events = [];
    private int counter;

    /// <summary>The events in the order they happened in.</summary>
    public IReadOnlyList<SimulatedEvent> Events => events;

    /// <summary>What posts came to.</summary>
    public List<SnapshotFact> Snapshots { get; } = [];

    /// <summary>Makes everybody.</summary>
    public List<Person> Make()
    {
        var people = new List<Person>();
        for (var i = 0; i < options.People; i++)
            people.Add(chance.In(4) ? Bot() : chance.In(8) ? CodeBuyer() : Shopper());
        foreach (var creator in catalog.Creators.Where(c => c.CustomerKeys is { Count: > 0 }))
            people.Add(CreatorBuyingHerself(creator));
        WaitingRefunds();
        Posts();
        return people;
    }

    /// <summary>Somebody with one device or more who browses, and mostly buys.</summary>
    private Person Shopper()
    {
        var person = new Person();
        var conversions = chance.Next(0, 100) switch { < 45 => 0, < 80 => 1, < 95 => 2, _ => 3 };
        var isCustomer = conversions > 0 && chance.In(80);
        var deviceCount = isCustomer ? chance.Next(0, 100) switch { < 75 => 1, < 95 => 2, _ => 3 } : 1;
        var deviceIds = Enumerable.Range(0, deviceCount).Select(_ => Name("v")).ToList();
        var customer = isCustomer ? Name("cus") : null;
        var anchor = Moment();

        // Two people at one device are one journey; each order names one of them.
        var second = isCustomer && chance.In(3) ? Name("cus") : null;

        var moments = new List<DateTimeOffset>();
        for (var i = 0; i < Math.Max(conversions, isCustomer ? deviceCount : 0); i++)
        {
            var at = i == 0 ? anchor : Within(Mirrored(anchor + chance.Next(TimeSpan.FromMinutes(-40), TimeSpan.FromDays(12))));
            // Every device is named once beside the customer; afterwards either may be missing.
            var other = i >= deviceCount ? second : null;
            var device = i < deviceCount ? deviceIds[i] : isCustomer && other is null && chance.In(30) ? null : chance.One(deviceIds);
            moments.Add(at);
            if (i >= conversions || chance.In(12)) Lead(person, at, customer, device);
            else Order(person, at, other ?? customer, i == 0, device, null, chance.In(35));
        }

        if (moments.Count == 0) moments.Add(anchor);
        for (var i = chance.Next(0, 100) switch { < 8 => 0, < 45 => 1, < 70 => 2, < 85 => 3, < 97 => 5, _ => 9 }; i > 0; i--)
            Touch(person, chance.One(moments), chance.One(deviceIds));
        return person;
    }

    /// <summary>An order out of nowhere, mostly with a code: no touch leads to it.</summary>
    private Person CodeBuyer()
    {
        var person = new Person();
        Order(person, Moment(), chance.In(60) ? Name("cus") : null, chance.In(50), null, null, chance.In(75));
        return person;
    }

    /// <summary>A creator's own order: neither her touches nor her code earn by it, but they count.</summary>
    private Person CreatorBuyingHerself(CreatorItem creator)
    {
        var person = new Person();
        var device = Name("v");
        var at = Moment();
        var own = catalog.Links.First(link => link.CreatorId == creator.Id);
        if (chance.In(50)) Touch(person, at, device);
        ClickAndLanding(person, Within(at - TimeSpan.FromMinutes(chance.Next(5, 3000))), device, own, null);
        Order(person, at, creator.CustomerKeys![0], true, device, creator.Id, chance.In(30), catalog.Codes.FirstOrDefault(code => code.CreatorId == creator.Id)?.Code);
        return person;
    }

    /// <summary>A crawler on a creator's links.</summary>
    private Person Bot()
    {
        var person = new Person();
        var device = Name("v");
        var at = Moment();
        for (var i = chance.Next(1, 4); i > 0; i--)
        {
            at = Within(at.AddSeconds(chance.Next(1, 5000)));
            if (chance.In(70)) ClickAndLanding(person, at, device, chance.One(catalog.Links), "bot");
            else Landing(person, at, device, chance.One(catalog.Landings), "bot");
        }

        return person;
    }

    // Touches

    private void Touch(Person person, DateTimeOffset order, string device)
    {
        var kind = chance.Next(0, 100);
        var link = chance.One(catalog.Links, item => pull[item.CreatorId]);
        var landing = chance.One(catalog.Landings);
        var isClick = kind < 62;
        var lookback = LookbackOf(isClick ? link.CampaignId : landing.Place?.Campaign, isClick);
        var at = Within(order - chance.Next(0, 100) switch
        {
            < 50 => chance.Next(TimeSpan.FromSeconds(20), TimeSpan.FromDays(2)),
            < 75 => chance.Next(TimeSpan.FromDays(2), TimeSpan.FromDays(9)),
            < 85 => chance.Next(TimeSpan.FromDays(9), TimeSpan.FromDays(50)),
            < 88 => lookback,                                   // The last instant inside.
            < 91 => lookback + TimeSpan.FromMilliseconds(1),    // The first one outside.
            < 93 => TimeSpan.Zero,                              // At the order's own instant: inside.
            < 95 => TimeSpan.FromMilliseconds(-1),              // After it.
            _ => -chance.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)),
        });

        switch (kind)
        {
            case < 50:
                ClickAndLanding(person, at, device, link, null);
                break;
            case < 55: // Somebody's preview fetched the link first, or asked for its head.
                ClickAndLanding(person, at, device, link, chance.One(["prefetch", "head"]));
                ClickAndLanding(person, Within(at.AddSeconds(4)), device, link, null);
                break;
            case < 59: // Back and forth: comes again and again within 30 minutes of the time before.
                for (var i = 0; i < 4; i++)
                {
                    ClickAndLanding(person, at, device, link, null);
                    at = Within(at + (chance.In(30) ? TimeSpan.FromMinutes(30) : chance.In(20) ? TimeSpan.FromMinutes(30).Add(TimeSpan.FromMilliseconds(1)) : chance.Next(TimeSpan.Zero, TimeSpan.FromMinutes(40))));
                }

                break;
            case < 62: // A mistyped link, whose landing still carries parameters.
                var clickId = Name("k");
                Click(person, at, "no-such-" + link.Slug, null, device, clickId, null);
                var landed = Within(at.AddSeconds(2));
                Visit(person, landed, landing, device, clickId, null, inUrl: chance.In(50));
                break;
            case < 92:
                Landing(person, at, device, landing, null);
                break;
            default: // The same landing loaded again.
                Landing(person, at, device, landing, null);
                Landing(person, Within(at.AddSeconds(chance.Next(1, 3600))), device, landing, null);
                break;
        }
    }

    private void ClickAndLanding(Person person, DateTimeOffset at, string device, LinkItem link, string? label)
    {
        var place = link.ValidTo is { } ended && at >= ended ? null : new Place(link.CampaignId, link.CreatorId);
        var clickId = chance.In(85) ? Name("k") : null;
        // The redirector's cookie may differ from the landing page's, or be missing; the click id leads on.
        var cookie = clickId is null || chance.In(50) ? device : chance.In(50) ? Name("r") : null;
        // Without a landing the click must name the device itself, or it would be somebody else's.
        var lands = clickId is not null && (cookie != device || chance.In(70));
        Click(person, at, link.Slug, place, cookie, clickId, label);
        if (label is null && cookie == device && chance.In(4)) Click(person, Within(at.AddSeconds(1)), link.Slug, PlaceOf(link, at.AddSeconds(1)), cookie, clickId, null);
        if (!lands) return;

        var landedAt = chance.In(5) ? Within(at.AddHours(chance.Next(1, 30))) : Within(at.AddSeconds(chance.Next(0, 9)));
        var url = "https://shop.example/p?" + (chance.In(50) ? Query(link.Utm ?? new UtmItem("instagram", "influencer"), tidy: true) + "&" : "") + "atr_cid=" + clickId;
        var id = Name("p");
        Tell(id, landedAt, write.Visit(id, landedAt, url, device, chance.In(20) ? clickId : null, AgentOf(label), label is "prefetch" or "head" ? label : null));
        if (place is null)
        {
            // The click was nobody's: the landing stands by its own parameters, if it has any that are somebody's.
            // A link that has ended no longer lends its parameters to a landing either.
            person.Touches.Add(new TouchFact { EventId = id, At = landedAt, IsClick = false, Place = null, Label = label });
            return;
        }

        person.Touches.Add(new TouchFact
        {
            EventId = id, At = landedAt, IsClick = false, Place = place, IsLandingOfClick = label is null, IsLandingOfLabelledClick = label is not null,
        });
    }

    private void Click(Person person, DateTimeOffset at, string slug, Place? place, string? visitor, string? clickId, string? label)
    {
        var id = Name("c");
        Tell(id, at, write.Click(id, at, slug, visitor, clickId, AgentOf(label), label is "prefetch" or "head" ? label : null));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = true, Place = place, Label = label });
    }

    private void Landing(Person person, DateTimeOffset at, string device, LandingFact landing, string? label) => Visit(person, at, landing, device, null, label, inUrl: false);

    private void Visit(Person person, DateTimeOffset at, LandingFact landing, string device, string? clickId, string? label, bool inUrl)
    {
        var id = Name("p");
        var url = "https://shop.example/landing?" + Query(landing.Utm, tidy: chance.In(50)) + (inUrl ? "&atr_cid=" + clickId : "");
        Tell(id, at, write.Visit(id, at, url, device, inUrl ? null : clickId, AgentOf(label), label is "prefetch" or "head" ? label : null));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = false, Place = landing.Place, Label = label });
    }

    private string? AgentOf(string? label) => label switch
    {
        "bot" => chance.One(Crawlers),
        null => chance.In(70) ? chance.One(PeoplesBrowsers) : null,
        _ => chance.One(PeoplesBrowsers),
    };

    /// <summary>Parameters as landings carry them: in any case, with blanks as plus or percent, repeated, among others.</summary>
    private string Query(UtmItem utm, bool tidy)
    {
        var parts = new List<string>();
        void Put(string name, string? value)
        {
            if (value is null) return;
            var text = tidy ? value : chance.Next(0, 4) switch { 0 => value.ToUpperInvariant(), 1 => "  " + value + " ", 2 => char.ToUpperInvariant(value[0]) + value[1..], _ => value };
            var encoded = Uri.EscapeDataString(text);
            if (chance.In(30)) encoded = encoded.Replace("%20", "+", StringComparison.Ordinal);
            // Of a repeated name the last value counts.
            if (!tidy && chance.In(10)) parts.Add($"utm_{name}=something-else");
            parts.Add($"utm_{name}={encoded}");
        }

        Put("source", utm.Source);
        Put("medium", utm.Medium);
        Put("campaign", utm.Campaign);
        Put("content", utm.Content);
        if (!tidy && chance.In(20)) parts.Add("utm_term=");
        if (chance.In(20)) parts.Add("fbclid=" + Name("x"));
        return string.Join('&', parts);
    }

    // Conversions

    private void Lead(Person person, DateTimeOffset at, string? customer, string? device)
    {
        var id = Name("e");
        var conversionId = Name("s");
        var kind = chance.One(["signup", "lead"]);
        Tell(id, at, write.Lead(id, at, kind, conversionId, customer, device));
        person.Conversions.Add(new ConversionFact { Id = conversionId, Kind = kind, At = at });
    }

    private void Order(Person person, DateTimeOffset at, string? customer, bool isNew, string? device, string? buyingCreator, bool withCode, string? wantedCode = null)
    {
        var orderId = Name("o");
        var codes = withCode ? Codes(wantedCode) : [];
        var gross = chance.Next(money.Worth(8), money.Worth(220));
        if (chance.In(1)) gross = 0;
        long? discount = codes.Count > 0 ? gross * chance.One([5, 10, 15, 20]) / 100 : chance.In(5) ? gross / 7 : null;
        bool? isNewCustomer = chance.In(85) ? isNew : null;
        var fact = new ConversionFact
        {
            Id = orderId, Kind = "order", At = at, Gross = gross, Discount = discount ?? 0, Codes = codes, IsNewCustomer = isNewCustomer ?? false, BuyingCreator = buyingCreator,
        };

        var id = Name("e");
        TellOrder(id, at, orderId, codes, gross, discount, customer, isNewCustomer, device);
        if (chance.In(9)) fact = Correct(fact, id, customer, device);
        if (chance.In(18)) fact = fact with { Refunds = Refunds(fact) };
        person.Conversions.Add(fact);
    }

    /// <summary>A second event about the order. What it states is what counts from then on, unless it is the older of the two.</summary>
    private ConversionFact Correct(ConversionFact fact, string firstId, string? customer, string? device)
    {
        var later = Within(fact.At + chance.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3)));
        var gross = chance.Next(money.Worth(30), money.Worth(250));
        var id = Name("e");
        switch (chance.Next(0, 5))
        {
            case 0: // Gross and discount stated anew; the codes stay as they were said.
                gross = Math.Max(gross, fact.Discount);
                Tell(id, later, write.Order(id, later, fact.Id, null, gross, gross / 9, null, null, device, null));
                return fact with { Gross = gross, Discount = gross / 9 };
            case 1: // Only the gross stated anew.
                gross = Math.Max(gross, fact.Discount);
                Tell(id, later, write.Order(id, later, fact.Id, null, gross, null, customer, null, null, null));
                return fact with { Gross = gross };
            case 2: // The codes taken off.
                Tell(id, later, write.Order(id, later, fact.Id, [], fact.Gross, 0, customer, null, null, null));
                return fact with { Codes = [], Discount = 0 };
            case 3: // Other codes.
                var codes = Codes(null);
                Tell(id, later, write.Redemption(id, later, fact.Id, codes, fact.Gross, fact.Gross / 4, customer, null, device, null));
                return fact with { Codes = codes, Discount = fact.Gross / 4 };
            default: // A payment provider said it before the shop did: the time is the earlier, the contents are the later's.
                var earlier = Within(fact.At - chance.Next(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)));
                var newToThem = chance.In(50);
                // Where both carry one instant (at the market's first), the greater id has the last word; ids here grow, so say nothing.
                if (earlier == fact.At) return fact;
                Tell(id, earlier, write.Order(id, earlier, fact.Id, null, gross, null, customer, newToThem, null, null));
                return fact with { At = earlier, IsNewCustomer = SaidWhetherNew(firstId) ? fact.IsNewCustomer : newToThem };
        }
    }

    /// <summary>Whether the event said if the customer is new; where it did not, an older one that did is believed.</summary>
    private bool SaidWhetherNew(string eventId) => events.Last(e => e.Id == eventId).Json.Contains("\"isNewCustomer\"", StringComparison.Ordinal);

    private void TellOrder(string id, DateTimeOffset at, string orderId, List<string> codes, long gross, long? discount, string? customer, bool? isNew, string? device)
    {
        string AsTyped(string code) => chance.Next(0, 5) switch { 0 => code.ToLowerInvariant(), 1 => " " + code + " ", _ => code };
        Tell(id, at, codes.Count > 0
            ? write.Redemption(id, at, orderId, [.. codes.Select(AsTyped)], gross, discount, customer, isNew, device, null)
            : write.Order(id, at, orderId, null, gross, discount, customer, isNew, device, null));
    }

    /// <summary>One code mostly; two now and then, of two creators or one of nobody.</summary>
    private List<string> Codes(string? wanted)
    {
        string One() => chance.In(12) ? chance.One(["FRIENDS5", "WELCOME", "SWAPZ"]) : chance.One(catalog.Codes, code => code.Code.StartsWith("SWAP", StringComparison.Ordinal) ? 150 : pull[code.CreatorId]).Code;
        var codes = new List<string> { wanted ?? One() };
        if (chance.In(8)) codes.Add(One());
        return [.. codes.Distinct()];
    }

    private List<RefundFact> Refunds(ConversionFact order)
    {
        var refunds = new List<RefundFact>();
        var net = order.Gross - order.Discount;
        var at = order.At;
        void Add(string kind, long? amount, TimeSpan? after = null)
        {
            at = at + (after ?? chance.Next(TimeSpan.FromHours(1), TimeSpan.FromDays(9)));
            if (at >= end || amount is <= 0) return;
            var id = Name("f");
            var refundId = Name("r");
            Tell(id, at, write.Refund(id, at, order.Id, refundId, kind, amount));
            var fact = new RefundFact(id, at, kind, amount);

            // Told again later with another amount: the later word on a refund is the one that counts.
            var again = at.AddHours(3);
            if (amount > 1 && again < end && chance.In(8))
            {
                id = Name("f");
                Tell(id, again, write.Refund(id, again, order.Id, refundId, kind, amount / 2));
                fact = new RefundFact(id, again, kind, amount / 2);
            }

            refunds.Add(fact);
        }

        switch (chance.Next(0, 8))
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
                Add("refund", chance.Next(1, Math.Max(2, net)));
                if (chance.In(30)) Add("refund", net / 5);
                break;
        }

        return refunds;
    }

    /// <summary>Refunds of orders that never come: they wait for ever and count nowhere.</summary>
    private void WaitingRefunds()
    {
        for (var i = 0; i < 3; i++)
        {
            var (at, id) = (Moment(), Name("f"));
            Tell(id, at, write.Refund(id, at, Name("o"), Name("r"), "refund", money.Worth(20)));
        }
    }

    // Posts

    private void Posts()
    {
        foreach (var link in catalog.Links.Where(link => link.PostId is not null).Where((_, i) => i % 2 == 0))
        {
            var counters = new long[7];
            var at = Moment();
            for (var i = chance.Next(1, 9); i > 0; i--)
            {
                for (var c = 0; c < counters.Length; c++) counters[c] += chance.Next(0, 9000) / (c + 1);
                if (chance.In(10)) counters[2] = Math.Max(0, counters[2] - 50); // Likes taken back.
                var id = Name("g");
                Tell(id, at, write.Engagement(id, at, link.PostId!, link.Platform!, link.CreatorId, link.CampaignId, counters));
                Snapshots.Add(new SnapshotFact(link.PostId!, new Place(link.CampaignId, link.CreatorId), id, at, [.. counters]));
                at = at + chance.Next(TimeSpan.FromHours(3), TimeSpan.FromDays(3));
                if (at >= end) break;
            }
        }
    }

    // Times and names

    private TimeSpan LookbackOf(string? campaignId, bool isClick) => Lookbacks.For(catalog, campaignId, isClick);

    private static Place? PlaceOf(LinkItem link, DateTimeOffset at) => link.ValidTo is { } ended && at >= ended ? null : new Place(link.CampaignId, link.CreatorId);

    /// <summary>An instant of the market; many of them lie close to a local midnight, where days are got wrong.</summary>
    private DateTimeOffset Moment()
    {
        if (chance.In(85)) return start + chance.Next(TimeSpan.Zero, end - start);
        var midnight = days.StartOf(firstDay.AddDays(chance.Next(0, options.Days)));
        return Within(midnight + (chance.In(20) ? TimeSpan.Zero : chance.Next(TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(2))));
    }

    /// <summary>What would come after the end comes as long before it, so that the last day is like any other.</summary>
    private DateTimeOffset Mirrored(DateTimeOffset at) => at < end ? at : end - (at - end);

    private DateTimeOffset Within(DateTimeOffset at) => at < start ? start : at >= end ? end.AddMilliseconds(-1) : at;

    private string Name(string kind) => $"{prefix}{kind}{++counter:D7}";

    private void Tell(string id, DateTimeOffset at, string json)
    {
        events.Add(new SimulatedEvent(id, at, json));
    }
}

/// <summary>An event as told, and when it happened.</summary>
internal sealed record SimulatedEvent(string Id, DateTimeOffset At, string Json);
