using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>Generates clicks and landings, and records the placement that each truly belongs to.</summary>
internal sealed class TouchGenerator(GenerationContext context)
{
    private static readonly string[] BrowserUserAgents =
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22D60 "
        + "Instagram 370.0.0.26.94 (iPhone15,2; iOS 18_3; de_DE)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    ];

    private static readonly string[] CrawlerUserAgents =
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    ];

    private readonly SeededRandom random = context.Random;
    private readonly EventWriter writer = context.Writer;

    /// <summary>Adds a touch or several related ones, most of them some time before an order.</summary>
    public void AddTouch(Person person, DateTimeOffset order, string device)
    {
        var kind = random.Next(0, 100);
        var link = random.Pick(context.Catalog.Links, item => context.Popularity[item.CreatorId]);
        var landing = random.Pick(context.Catalog.Landings);
        var isClick = kind < 62;
        var lookback = Lookbacks.For(context.Catalog, isClick ? link.CampaignId : landing.Placement?.Campaign, isClick);
        var at = context.ClampToMarket(order - random.Next(0, 100) switch
        {
            < 50 => random.Next(TimeSpan.FromSeconds(20), TimeSpan.FromDays(2)),
            < 75 => random.Next(TimeSpan.FromDays(2), TimeSpan.FromDays(9)),
            < 85 => random.Next(TimeSpan.FromDays(9), TimeSpan.FromDays(50)),
            < 88 => lookback,                                   // The last instant within the lookback.
            < 91 => lookback + TimeSpan.FromMilliseconds(1),    // The first instant outside.
            < 93 => TimeSpan.Zero,                              // At the order's own instant, which is within.
            < 95 => TimeSpan.FromMilliseconds(-1),              // After the order.
            _ => -random.Next(TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)),
        });

        switch (kind)
        {
            case < 50:
                AddClickAndLanding(person, at, device, link, null);
                break;
            case < 55: // A link preview fetched the link first, or sent a HEAD request.
                AddClickAndLanding(person, at, device, link, random.Pick(["prefetch", "head"]));
                AddClickAndLanding(person, context.ClampToMarket(at.AddSeconds(4)), device, link, null);
                break;
            case < 59: // Repeated clicks, about 30 minutes apart.
                for (var i = 0; i < 4; i++)
                {
                    AddClickAndLanding(person, at, device, link, null);
                    at = context.ClampToMarket(at + (random.Chance(30) ? TimeSpan.FromMinutes(30)
                        : random.Chance(20) ? TimeSpan.FromMinutes(30).Add(TimeSpan.FromMilliseconds(1))
                        : random.Next(TimeSpan.Zero, TimeSpan.FromMinutes(40))));
                }

                break;
            case < 62: // A mistyped link; its landing still has parameters.
                var clickId = context.NextId("k");
                AddClick(person, at, "no-such-" + link.Slug, null, device, clickId, null);
                var landed = context.ClampToMarket(at.AddSeconds(2));
                AddVisit(person, landed, landing, device, clickId, null, inUrl: random.Chance(50));
                break;
            case < 92:
                AddLanding(person, at, device, landing, null);
                break;
            default: // The same landing, loaded twice.
                AddLanding(person, at, device, landing, null);
                AddLanding(person, context.ClampToMarket(at.AddSeconds(random.Next(1, 3600))), device, landing, null);
                break;
        }
    }

    /// <summary>Adds a click on a link, and most times its landing.</summary>
    public void AddClickAndLanding(Person person, DateTimeOffset at, string device, LinkItem link, string? label)
    {
        var place = PlacementOf(link, at);
        var clickId = random.Chance(85) ? context.NextId("k") : null;
        // The redirector's cookie may differ from the landing page's, or be missing; the click id still links the two.
        var cookie = clickId is null || random.Chance(50) ? device : random.Chance(50) ? context.NextId("r") : null;
        // Without a landing the click must name the device itself; otherwise it would belong to another person.
        var hasLanding = clickId is not null && (cookie != device || random.Chance(70));
        AddClick(person, at, link.Slug, place, cookie, clickId, label);
        if (label is null && cookie == device && random.Chance(4))
        {
            var repeated = at.AddSeconds(1);
            AddClick(
                person, context.ClampToMarket(repeated), link.Slug, PlacementOf(link, repeated), cookie, clickId, null);
        }

        if (!hasLanding) return;

        var landedAt = context.ClampToMarket(
            random.Chance(5) ? at.AddHours(random.Next(1, 30)) : at.AddSeconds(random.Next(0, 9)));
        var utm = random.Chance(50) ? Query(link.Utm ?? new UtmItem("instagram", "influencer"), tidy: true) + "&" : "";
        var url = "https://shop.example/p?" + utm + "atr_cid=" + clickId;
        var id = context.NextId("p");
        context.Emit(id, landedAt, writer.Visit(
            id, landedAt, url, device, random.Chance(20) ? clickId : null, UserAgentFor(label), ReportedLabel(label)));
        if (place is null)
        {
            // The click belongs to no placement, so the landing is matched by its own parameters. Those of an expired
            // link match nothing.
            person.Touches.Add(
                new TouchFact { EventId = id, At = landedAt, IsClick = false, Placement = null, Label = label });
            return;
        }

        person.Touches.Add(new TouchFact
        {
            EventId = id, At = landedAt, IsClick = false, Placement = place, IsLandingOfClick = label is null,
            IsLandingOfLabelledClick = label is not null,
        });
    }

    /// <summary>Adds a landing with UTM parameters.</summary>
    public void AddLanding(Person person, DateTimeOffset at, string device, LandingFact landing, string? label) =>
        AddVisit(person, at, landing, device, null, label, inUrl: false);

    private static SimulatedPlacement? PlacementOf(LinkItem link, DateTimeOffset at) =>
        link.ValidTo is { } ended && at >= ended ? null : new SimulatedPlacement(link.CampaignId, link.CreatorId);

    /// <summary>
    /// Returns the label that the event itself contains; the product recognizes bots by their user agent.
    /// </summary>
    private static string? ReportedLabel(string? label) => label is "prefetch" or "head" ? label : null;

    private void AddClick(
        Person person, DateTimeOffset at, string slug, SimulatedPlacement? place, string? visitor, string? clickId, string? label)
    {
        var id = context.NextId("c");
        context.Emit(id, at, writer.Click(id, at, slug, visitor, clickId, UserAgentFor(label), ReportedLabel(label)));
        person.Touches.Add(new TouchFact { EventId = id, At = at, IsClick = true, Placement = place, Label = label });
    }

    private void AddVisit(
        Person person, DateTimeOffset at, LandingFact landing, string device, string? clickId, string? label, bool inUrl)
    {
        var id = context.NextId("p");
        var url = "https://shop.example/landing?" + Query(landing.Utm, tidy: random.Chance(50)) + (inUrl ? "&atr_cid=" + clickId : "");
        context.Emit(id, at, writer.Visit(
            id, at, url, device, inUrl ? null : clickId, UserAgentFor(label), ReportedLabel(label)));
        person.Touches.Add(
            new TouchFact { EventId = id, At = at, IsClick = false, Placement = landing.Placement, Label = label });
    }

    private string? UserAgentFor(string? label) => label switch
    {
        "bot" => random.Pick(CrawlerUserAgents),
        null => random.Chance(70) ? random.Pick(BrowserUserAgents) : null,
        _ => random.Pick(BrowserUserAgents),
    };

    /// <summary>
    /// Writes parameters as real landings do: in any case, with blanks as plus or percent, repeated, and among others.
    /// </summary>
    private string Query(UtmItem utm, bool tidy)
    {
        var parts = new List<string>();
        void Append(string name, string? value)
        {
            if (value is null) return;
            var text = tidy ? value : random.Next(0, 4) switch
            {
                0 => value.ToUpperInvariant(),
                1 => "  " + value + " ",
                2 => char.ToUpperInvariant(value[0]) + value[1..],
                _ => value,
            };
            var encoded = Uri.EscapeDataString(text);
            if (random.Chance(30)) encoded = encoded.Replace("%20", "+", StringComparison.Ordinal);
            // The last value of a repeated name counts.
            if (!tidy && random.Chance(10)) parts.Add($"utm_{name}=something-else");
            parts.Add($"utm_{name}={encoded}");
        }

        Append("source", utm.Source);
        Append("medium", utm.Medium);
        Append("campaign", utm.Campaign);
        Append("content", utm.Content);
        if (!tidy && random.Chance(20)) parts.Add("utm_term=");
        if (random.Chance(20)) parts.Add("fbclid=" + context.NextId("x"));
        return string.Join('&', parts);
    }
}
