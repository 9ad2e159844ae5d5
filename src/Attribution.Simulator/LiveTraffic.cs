using System.Globalization;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>Endless live traffic of a market. Not thread-safe.</summary>
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

    /// <summary>
    /// Returns the events of a moment: a click and its landing, or an order of a person who browsed before. One or two
    /// lines of JSON.
    /// </summary>
    /// <param name="now">The moment. Ids contain it, so that they do not collide with those of another run.</param>
    public IReadOnlyList<string> Next(DateTimeOffset now)
    {
        if (browsing.Count > 3 && random.Chance(35)) return [Order(now, browsing.Dequeue())];
        if (random.Chance(10)) return [Order(now, null)];

        var visitor = NextId("v", now);
        browsing.Enqueue(visitor);
        if (browsing.Count > 200) browsing.Dequeue();

        var links = market.GeneratedCatalog.Links.Where(link => link.ValidTo is null || now < link.ValidTo).ToList();
        var link = random.Pick(links, PopularityOf);
        var clickId = NextId("k", now);
        var click = writer.Click(NextId("c", now), now, link.Slug, visitor, clickId, null, null);
        if (!random.Chance(80)) return [click];
        return [click, writer.Visit(NextId("p", now), now, "https://shop.example/?atr_cid=" + clickId, visitor, null, null, null)];
    }

    private string Order(DateTimeOffset now, string? visitor)
    {
        var gross = random.Next(market.Money.MinorFromEuros(8), market.Money.MinorFromEuros(220));
        var codes = market.GeneratedCatalog.Codes
            .Where(code => (code.ValidFrom is null || code.ValidFrom <= now) && (code.ValidTo is null || now < code.ValidTo)).ToList();
        var withCode = codes.Count > 0 && (visitor is null || random.Chance(40));
        var (id, orderId) = (NextId("e", now), NextId("o", now));
        string[] used = withCode ? [random.Pick(codes).Code] : [];
        var (customer, isNew) = (NextId("cus", now), random.Chance(60));
        return withCode
            ? writer.Redemption(id, now, orderId, used, gross, gross / 10, customer, isNew, visitor, null)
            : writer.Order(id, now, orderId, null, gross, null, customer, isNew, visitor, null);
    }

    private double PopularityOf(LinkItem link) =>
        Math.Sqrt(market.GeneratedCatalog.Creators.Single(creator => creator.Id == link.CreatorId).Handles![0].Followers ?? 1);

    private string NextId(string kind, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"live-{kind}-{now.ToUnixTimeMilliseconds():x}-{++counter}");
}
