using System.Globalization;
using Attribution.Contracts.Catalog;

namespace Attribution.Simulator;

/// <summary>People of a market as they come by now, for as long as one asks. Not thread-safe.</summary>
public sealed class LiveTraffic
{
    private readonly Market market;
    private readonly Chance chance;
    private readonly EventWriter write;
    private readonly Queue<string> browsing = [];
    private int counter;

    internal LiveTraffic(Market market, int seed)
    {
        this.market = market;
        chance = new Chance(seed);
        write = new EventWriter(market.BrandId, market.LocalDays, market.Money, new Chance(unchecked(seed + 1)));
    }

    /// <summary>What happens at a moment: a click and its landing, or an order of somebody who browsed before. One to three lines of JSON.</summary>
    /// <param name="now">The moment; ids begin with it, so that traffic of another run never collides.</param>
    public IReadOnlyList<string> Next(DateTimeOffset now)
    {
        if (browsing.Count > 3 && chance.In(35)) return [Order(now, browsing.Dequeue())];
        if (chance.In(10)) return [Order(now, null)];

        var visitor = Name("v", now);
        browsing.Enqueue(visitor);
        if (browsing.Count > 200) browsing.Dequeue();

        var links = market.Made.Links.Where(link => link.ValidTo is null || now < link.ValidTo).ToList();
        var link = chance.One(links, Followers);
        var clickId = Name("k", now);
        var click = write.Click(Name("c", now), now, link.Slug, visitor, clickId, null, null);
        return chance.In(80) ? [click, write.Visit(Name("p", now), now, "https://shop.example/?atr_cid=" + clickId, visitor, null, null, null)] : [click];
    }

    private string Order(DateTimeOffset now, string? visitor)
    {
        var gross = chance.Next(market.Money.Worth(8), market.Money.Worth(220));
        var codes = market.Made.Codes.Where(code => (code.ValidFrom is null || code.ValidFrom <= now) && (code.ValidTo is null || now < code.ValidTo)).ToList();
        return codes.Count > 0 && (visitor is null || chance.In(40))
            ? write.Redemption(Name("e", now), now, Name("o", now), [chance.One(codes).Code], gross, gross / 10, Name("cus", now), chance.In(60), visitor, null)
            : write.Order(Name("e", now), now, Name("o", now), null, gross, null, Name("cus", now), chance.In(60), visitor, null);
    }

    private double Followers(LinkItem link) => Math.Sqrt(market.Made.Creators.Single(c => c.Id == link.CreatorId).Handles![0].Followers ?? 1);

    private string Name(string kind, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"live-{kind}-{now.ToUnixTimeMilliseconds():x}-{++counter}");
}
