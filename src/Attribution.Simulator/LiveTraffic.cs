using System.Globalization;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>People of a market as they come by now, for as long as one asks. Not thread-safe.</summary>
public sealed class LiveTraffic
{
    private readonly Market market;
    private readonly SeededRandom random;
    private readonly EventWriter writer;
    private readonly Queue<string> browsing = [];
    private int counter;

    internal LiveTraffic(Market market, int seed)
    {
        this.market = market;
        random = new SeededRandom(seed);
        writer = new EventWriter(market.BrandId, market.LocalDays, market.Money, new SeededRandom(unchecked(seed + 1)));
    }

    /// <summary>What happens at a moment: a click and its landing, or an order of somebody who browsed before. One to three lines of JSON.</summary>
    /// <param name="now">The moment; ids begin with it, so that traffic of another run never collides.</param>
    public IReadOnlyList<string> Next(DateTimeOffset now)
    {
        if (browsing.Count > 3 && random.Chance(35)) return [Order(now, browsing.Dequeue())];
        if (random.Chance(10)) return [Order(now, null)];

        var visitor = NextId("v", now);
        browsing.Enqueue(visitor);
        if (browsing.Count > 200) browsing.Dequeue();

        var links = market.GeneratedCatalog.Links.Where(link => link.ValidTo is null || now < link.ValidTo).ToList();
        var link = random.Pick(links, Followers);
        var clickId = NextId("k", now);
        var click = writer.Click(NextId("c", now), now, link.Slug, visitor, clickId, null, null);
        return random.Chance(80) ? [click, writer.Visit(NextId("p", now), now, "https://shop.example/?atr_cid=" + clickId, visitor, null, null, null)] : [click];
    }

    private string Order(DateTimeOffset now, string? visitor)
    {
        var gross = random.Next(market.Money.MinorFromEuros(8), market.Money.MinorFromEuros(220));
        var codes = market.GeneratedCatalog.Codes.Where(code => (code.ValidFrom is null || code.ValidFrom <= now) && (code.ValidTo is null || now < code.ValidTo)).ToList();
        return codes.Count > 0 && (visitor is null || random.Chance(40))
            ? writer.Redemption(NextId("e", now), now, NextId("o", now), [random.Pick(codes).Code], gross, gross / 10, NextId("cus", now), random.Chance(60), visitor, null)
            : writer.Order(NextId("e", now), now, NextId("o", now), null, gross, null, NextId("cus", now), random.Chance(60), visitor, null);
    }

    private double Followers(LinkItem link) => Math.Sqrt(market.GeneratedCatalog.Creators.Single(c => c.Id == link.CreatorId).Handles![0].Followers ?? 1);

    private string NextId(string kind, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"live-{kind}-{now.ToUnixTimeMilliseconds():x}-{++counter}");
}
